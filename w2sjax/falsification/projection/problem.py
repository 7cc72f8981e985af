r"""A problem of learning by projection in rational numbers, as in `claims.projection.instance`.

$V = \{H\theta + c : \theta \in C\}$ on n weighted points. Needs no JAX.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.falsification.projection.sets import DEPTHS, SHAPES, VALUES, contains
from w2sjax.falsification.rationals import Matrix, Vector, apply, field, text

SINGLE = ("truth_intercept", "other_intercept", "student_intercept", "mixture")


@dataclasses.dataclass(frozen=True)
class Problem:
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
        student, student_intercept: coefficients of a member that need not be the projection.
        mixture: a number strictly between 0 and 1.
    """

    set: str
    parameters: dict[str, Any]
    features: Matrix | None
    masses: Vector
    weak: Vector
    truth: Vector
    truth_intercept: Fraction
    offset: Vector
    other: Vector
    other_intercept: Fraction
    student: Vector
    student_intercept: Fraction
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

    def target(self) -> Vector:
        r"""$f^*$."""
        member = self.values(self.truth, self.truth_intercept)
        return [a + b for a, b in zip(member, self.offset, strict=True)]

    def combination(self) -> Vector:
        """Convex combination of the two members."""
        first = self.values(self.truth, self.truth_intercept)
        second = self.values(self.other, self.other_intercept)
        share = self.mixture
        return [share * a + (1 - share) * b for a, b in zip(first, second, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Give the problem with its numbers as text."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        numbers = {k: v if v is None or k == "set" else text(v) for k, v in fields.items()}
        numbers["parameters"] = {name: text(value) for name, value in self.parameters.items()}
        return numbers

    def fault(self) -> str | None:
        """Say what makes it no problem at all: shapes, masses, the set's own conditions."""
        count, dimension = self.size, self.dimension
        if self.set not in SHAPES:
            return f"set: unknown kind {self.set!r}"
        if count == 0 or dimension == 0:
            return "masses, truth: expected at least one point and one coefficient"
        if min(self.masses) < 0 or max(self.masses) == 0:
            return "masses: expected none negative and one positive"
        for name, wanted in (("weak", count), ("offset", count)):
            if len(getattr(self, name)) != wanted:
                return f"{name}: expected {wanted} numbers, got {len(getattr(self, name))}"
        for name in ("other", "student"):
            if len(getattr(self, name)) != dimension:
                return f"{name}: expected {dimension} numbers, got {len(getattr(self, name))}"
        if self.set in VALUES:
            if self.features is not None or dimension != count:
                return f"features: the set of values {self.set!r} takes none"
        elif self.features is None or [len(row) for row in self.features] != [dimension] * count:
            return f"features: expected {count} rows of {dimension} numbers"
        if not 0 < self.mixture < 1:
            return f"mixture: expected a number between 0 and 1, got {self.mixture}"
        return SHAPES[self.set](self.parameters, dimension)

    def outside(self, name: str) -> bool:
        """Whether the coefficients of this name ("truth", "other", "student") are not in the set."""
        return not contains(self.set, self.parameters, getattr(self, name))


def problem_from_json(fields: Any) -> Problem:
    """Read a problem.

    Raises:
        ValueError: for fields that are missing or no numbers.
    """
    names = {field.name for field in dataclasses.fields(Problem)}
    if not isinstance(fields, dict) or set(fields) != names:
        raise ValueError(f"problem: expected the fields {', '.join(sorted(names))}")
    kind, given = fields["set"], fields["parameters"]
    if not isinstance(kind, str) or kind not in SHAPES:
        raise ValueError(f"set: unknown kind {kind!r}")
    depths = DEPTHS.get(kind, {})
    if not isinstance(given, dict) or (depths and set(given) != set(depths)):
        raise ValueError(f"parameters: expected numbers by name, those of {kind}")
    values: dict[str, Any] = {"set": kind, "features": None}
    values["parameters"] = {name: field(name, v, depths.get(name, 0)) for name, v in given.items()}
    if fields["features"] is not None:
        values["features"] = field("features", fields["features"], 2)
    for name in names - set(values):
        values[name] = field(name, fields[name], 0 if name in SINGLE else 1)
    problem = Problem(**values)
    fault = problem.fault()
    if fault is not None:
        raise ValueError(fault)
    return problem
