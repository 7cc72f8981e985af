"""What a proof is about: vectors, conditions and slacks, linear in inner products; needs nothing."""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.terms import Term
from w2sjax.proving.forms import Form, Vector
from w2sjax.settings.projection.functions import Parts

Sides = tuple[Term, Term]
ZERO = "zero"  # the function that is 0 everywhere


@dataclasses.dataclass(frozen=True)
class Condition:
    """What may be used in a proof.

    Attributes:
        kind: "variational", "nearest", "gap", "attained" or "given".
        about: the functions that it speaks of, as combinations: what is projected, its projection and a
            member; the function of a gap, a member, and the one that attains it; or the place among the
            claim's own conditions.
        form: what is at least 0.
        equality: whether it is 0.
    """

    kind: str
    about: tuple[Any, ...]
    form: Form
    equality: bool = False


@dataclasses.dataclass(frozen=True)
class Slack:
    """An inequality: a form is at least 0, for some values of the unknowns.

    Attributes:
        form: the part without unknowns; roots are numbers in it.
        unknown: the part that each unknown is multiplied with.
        positive: forms that have to be shown to be at least 0, as a root of them was squared.
        sides: the lower and the upper side, as terms.
        squared: whether these are the squares of what is claimed.
    """

    form: Form
    unknown: dict[str, Form]
    positive: tuple[Form, ...] = ()
    sides: Sides | None = None
    squared: bool = False

    def at(self, values: dict[str, Fraction]) -> "Slack":
        """Put in values of unknowns."""
        shares = {n: one * values[n] for n, one in self.unknown.items() if n in values}
        left = {n: one for n, one in self.unknown.items() if n not in values}
        return Slack(sum(shares.values(), self.form), left, self.positive, self.sides, self.squared)


@dataclasses.dataclass(frozen=True)
class Statement:
    """A claim as a proof sees it.

    Attributes:
        claim: what is read.
        names: the vectors; the one that is 0 is not among them.
        origin: the one that is 0.
        members: those that are in the class.
        bases: what each projection is the projection of.
        slacks: all of these are claimed to be at least 0.
        conditions: what may be used.
        roots: for each number that is a root of a product, the two factors.
    """

    claim: Claim
    names: tuple[str, ...]
    origin: str
    members: tuple[str, ...]
    bases: dict[str, Vector]
    slacks: tuple[Slack, ...]
    conditions: tuple[Condition, ...]
    roots: dict[str, tuple[Form, Form]]


def only(name: str) -> Parts:
    """Give one function as a combination."""
    return ((name, Fraction(1)),)
