"""The first opinion on a finite world: ratios of sums of masses, in flint's rationals."""

from collections.abc import Iterator
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import FLINT, rational
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.settings.exact import Case, Witness
from w2sjax.settings.expansion.instance import ABSTAINS, Instance
from w2sjax.settings.expansion.sets import Sets


class Engine(Witness):
    """What a claim speaks of, on one world."""

    def __init__(self, claim: Claim, world: Instance, bits: int):
        super().__init__(claim, world)
        self.world, self.sets = world, Sets(claim, world)
        self.conditions = self.sets.conditions
        self._found: dict[Any, Any] = {}

    def properties(self) -> dict[str, bool]:
        """Decide what is no formula."""
        world, found = self.world, {}
        if "symmetry" in self.conditions.names:
            rows = world.neighbours
            found["symmetry"] = rows == tuple(zip(*rows, strict=True))
        if self.conditions.abstaining:
            found["hard is where the teacher abstains"] = all(
                (label == ABSTAINS) == part or mass == 0
                for label, part, mass in zip(world.teacher, world.hard, world.masses, strict=True)
            )
        if self.conditions.needs_constant:
            found["c is stated"] = world.c is not None
        if world.c is not None:
            least, c = self.sets.infimum(), world.c
            less = least is None or c.numerator * least[1] < least[0] * c.denominator
            found["c is less than every ratio"] = less
        return found

    def cases(self) -> Iterator[Case]:
        """Give the world itself."""
        yield Case(self.quantity)

    def quantity(self, data: Any) -> Any:
        """One of the quantities."""
        if data not in self._found:
            self._found[data] = self._computed(data)
        return self._found[data]

    def _computed(self, data: Any) -> Any:
        if data[0] == "P":
            return fmpq(*self.sets.share(data[1], data[2]))
        if data[0] == "q":
            return rational(self.world.q)
        if self.world.c is not None:
            return rational(self.world.c)
        # The largest c that is allowed.
        least, bounds = self.sets.infimum(), self.conditions.bounds
        values = plan(bounds).values(FLINT, self.quantity) if bounds else []
        found = [value for value in values if not isinstance(value, arb) or value.is_finite()]
        found += [] if least is None else [fmpq(*least)]
        return FLINT["min"](*found) if found else fmpq(1)
