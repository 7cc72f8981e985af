r"""A problem of learning by projection in rational numbers.

$V = \{H\theta + c : \theta \in C\}$ on n weighted points. Needs nothing.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import Matrix, Vector, apply
from w2sjax.settings.projection.sets import SHAPES, VALUES, contains, fault_of
from w2sjax.settings.records import Record, axes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem(Record):
    r"""A projection instance in rational numbers.

    Attributes:
        set: the kind of the convex set $C$.
        parameters: its numbers, by name.
        features: $H$, one point a row; None for a set of values.
        masses: not negative, one positive; the weights are their shares.
        weak: $f_w$.
        truth, truth_intercept: coefficients of a member $g$.
        offset: $f^* - g$.
        other, other_intercept: coefficients of a second member.
        student, student_intercept: coefficients of a student that need not be the projection.
        mixture: a number strictly between 0 and 1.
    """

    set: str
    parameters: dict[str, Any]
    features: Matrix | None = axes("point", "column")
    masses: Vector = axes("point")
    weak: Vector = axes("point")
    truth: Vector = axes("column")
    truth_intercept: Fraction = Fraction(0)
    offset: Vector = axes("point")
    other: Vector = axes("column")
    other_intercept: Fraction = Fraction(0)
    student: Vector = axes("column")
    student_intercept: Fraction = Fraction(0)
    mixture: Fraction

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.masses)

    @property
    def dimension(self) -> int:
        """Number of coefficients."""
        return len(self.truth)

    @property
    def intercept(self) -> bool:
        """Whether the class has a free constant."""
        return self.set == "affine"

    def described(self) -> str:
        """Say how many points and coefficients there are."""
        points = "1 point" if self.size == 1 else f"{self.size} points"
        return f"{points}, d = {self.dimension}"

    def values(self, coefficients: Vector, intercept: Fraction | int = 0) -> Vector:
        """Evaluate a function of the class."""
        if self.features is None:
            return list(coefficients)
        return [value + intercept for value in apply(self.features, coefficients)]

    def function(self, name: str) -> Vector:
        """Evaluate a function that the problem states: "weak", "target", "between", or by coefficients."""
        if name == "weak":
            return self.weak
        if name in ("truth", "other", "student"):
            return self.values(getattr(self, name), getattr(self, f"{name}_intercept"))
        first = self.function("truth")
        if name == "target":
            return [a + b for a, b in zip(first, self.offset, strict=True)]
        share, second = self.mixture, self.function("other")
        return [share * a + (1 - share) * b for a, b in zip(first, second, strict=True)]

    def fault(self) -> str | None:
        """Say what makes it no problem at all: shapes, masses, the set's own conditions."""
        if self.set not in SHAPES:
            return f"set: unknown kind {self.set!r}"
        if self.size == 0 or self.dimension == 0:
            return "masses, truth: expected at least one point and one coefficient"
        if min(self.masses) < 0 or max(self.masses) == 0:
            return "masses: expected none negative and one positive"
        if (self.features is None) != (self.set in VALUES):
            wanted = "expected for sets of coefficients, and only for them"
            return f"features: {wanted}; got {self.set!r}"
        if self.features is None and self.dimension != self.size:
            return f"truth: expected {self.size} values, got {self.dimension}"
        wrong = self.misshapen()
        if wrong is not None:
            return wrong
        if not 0 < self.mixture < 1:
            return f"mixture: expected a number between 0 and 1, got {self.mixture}"
        return fault_of(self.set, self.parameters, self.dimension)

    def inside(self, coefficients: Vector) -> bool:
        """Whether coefficients are in the set."""
        return contains(self.set, self.parameters, coefficients)


def two_points(
    kind: str,
    *,
    weak: tuple[Any, Any],
    truth: Any,
    other: Any = 0,
    student: Any = 0,
    offset: tuple[Any, Any] = (0, 0),
) -> Problem:
    r"""Put two points of equal weight under one feature: functions are $(\theta, \theta)$.

    Balls have radius 1.
    """
    one = Fraction(1)
    return Problem(
        set=kind,
        parameters={"radius": one} if kind.endswith("ball") else {},
        features=[[one], [one]],
        masses=[one, one],
        weak=list(map(Fraction, weak)),
        truth=[Fraction(truth)],
        offset=list(map(Fraction, offset)),
        other=[Fraction(other)],
        student=[Fraction(student)],
        mixture=Fraction(1, 2),
    )
