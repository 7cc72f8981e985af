"""Instances that a function of a user draws; the sides of a claim are what the user's code computes.

The quantities are the two sides, of the claim and of its false twin. For exact numbers the code is traced
to a program, which is part of the exact instance: a counterexample's file can be replayed without the code.
"""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.terms import Comparison, equal, quantity
from w2sjax.settings.setting import Setting

Check = Callable[[Any], Any]
SIDES = ("left", "right")
QUANTITIES = tuple((*twin, side) for twin in ((), ("twin",)) for side in SIDES)


def compared(identity: bool, *twin: str) -> Comparison:
    """Compare the sides of a claim, or of its twin."""
    left, right = (quantity(*twin, side) for side in SIDES)
    return equal(left, right) if identity else left <= right


@dataclasses.dataclass(frozen=True)
class Drawn(Setting):
    """What a function of a user draws; read from a file, a setting without functions.

    Attributes:
        draw: makes an instance of a key, a tree of arrays.
        check: computes both sides.
        twin: computes those of the false twin.
        valid: whether the claim is about an instance; None where only drawn ones count.
        assumptions: all that the claim makes, with the functions that impose or break them.
        statement: LaTeX, for people.
    """

    name: str = "drawn"
    draw: Callable[..., Any] | None = None
    check: Check | None = None
    twin: Check | None = None
    valid: Check | None = None
    assumptions: tuple[Assumption, ...] = ()
    statement: str = ""

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """All code that the claim is made of."""
        changes = [change for one in self.assumptions for change in (one.impose, one.drop)]
        every = (self.draw, self.check, self.twin, self.valid, *changes)
        return tuple(one for one in every if one is not None)

    def check_of(self, claim: Claim) -> Check:
        """Find the function that computes the sides that a claim compares."""
        twin = any(data[0] == "twin" for data in claim.quantities)
        found = self.twin if twin else self.check
        if found is None:
            raise ValueError(f"{claim.name}: no false twin is stated (false_twin=)")
        return found

    def changes(self, claim: Claim) -> tuple[Check, ...]:
        """List what imposes a claim's assumptions, and breaks the one that it does without."""
        found = [
            one.impose if claim.assumes(one) else one.drop if claim.dropped == one.name else None
            for one in self.assumptions
        ]
        return tuple(change for change in found if change is not None)

    def program(self, claim: Claim) -> Any:
        """Trace the code of both sides, needing JAX; raises `NoExactSideError` where that is out of reach."""
        return self.part("conversion").program_of(claim)

    def check_claim(self, claim: Claim) -> None:
        """Refuse other quantities than the sides."""
        for data in claim.quantities:
            if data not in QUANTITIES:
                raise ValueError(f"claim: drawn instances have no quantity {data!r}")

    def written(self, data: Any, style: Any, *arguments: str) -> str:
        """Write a side as the user does, where that can be told."""
        sides = re.split(r"\\leq?(?![a-z])|=", self.statement)
        side = SIDES.index(data[-1])
        if style.latex and data[0] != "twin" and len(sides) == 2:
            return sides[side].strip()
        words = f"{' '.join(data)} side"
        return style.choose(rf"\text{{{words}}}", words)


SETTING = Drawn()
