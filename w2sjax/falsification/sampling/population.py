r"""A small population in rational numbers, with the way its sample is drawn; needs no JAX.

The class is $V = \{x \mapsto \theta x : |\theta| \le R\}$, an interval of coefficients: the ball of
`claims.sampling.instance` in one dimension.
"""

import dataclasses
from fractions import Fraction
from math import comb
from typing import Any

from w2sjax.falsification.rationals import Vector, field, text

INDEPENDENT, REPEATED = "independent", "repeated"
SCHEMES = (INDEPENDENT, REPEATED)
MOST_OUTCOMES = 20_000
LONGEST = 1_000  # draws that are enumerated; a point that is repeated may be repeated more often
NUMBERS = ("masses", "features", "weak", "seen", "target")


@dataclasses.dataclass(frozen=True)
class Population:
    r"""Kinds of points, functions on them, and a random sample of n points.

    Points of one kind differ in nothing, except in whether the sample holds them.

    Attributes:
        copies: how many points there are of each kind.
        masses: of one point of each kind, positive; the probabilities are their shares.
        features: x.
        weak: $f_w$ at the points that the sample does not hold.
        seen: $f_w$ at the points that it holds; the same, unless $f_w$ is chosen after the sample.
        target: $f^*$.
        radius: $R$.
        bound: $B$.
        draws: n.
        scheme: "independent" draws, or one draw "repeated" n times.
        delta: how likely the statement may be to fail.
    """

    copies: list[int]
    masses: Vector
    features: Vector
    weak: Vector
    seen: Vector
    target: Vector
    radius: Fraction
    bound: Fraction
    draws: int
    scheme: str
    delta: Fraction

    @property
    def size(self) -> int:
        """Number of kinds of points."""
        return len(self.masses)

    def described(self) -> str:
        """Say how many points and draws there are."""
        points = sum(self.copies)
        alike = (
            "" if points == self.size else " alike" if self.size == 1 else f" of {self.size} kinds"
        )
        return f"{points} point{'s' * (points > 1)}{alike}, n = {self.draws}"

    def shares(self) -> Vector:
        """Probabilities of the kinds."""
        masses = [count * mass for count, mass in zip(self.copies, self.masses, strict=True)]
        return [mass / sum(masses) for mass in masses]

    def tells_apart(self, kind: int) -> bool:
        """Whether it matters how many different points of a kind the sample holds."""
        return self.copies[kind] > 1 and self.weak[kind] != self.seen[kind]

    def outcomes(self) -> int:
        """Bound the number of samples that differ in more than the order of their points."""
        if self.scheme == REPEATED:
            return self.size
        counts = comb(self.draws + self.size - 1, self.size - 1)
        return counts * self.draws ** sum(map(self.tells_apart, range(self.size)))

    def to_json(self) -> dict[str, Any]:
        """Give the population as plain objects, rationals as text."""
        fields = dataclasses.asdict(self)
        for name in (*NUMBERS, "radius", "bound", "delta"):
            fields[name] = text(fields[name])
        return fields

    def fault(self) -> str | None:
        """Say what makes it no population at all, or one that is too large to enumerate."""
        count = self.size
        for name in ("copies", *NUMBERS):
            if len(getattr(self, name)) != count or count == 0:
                return f"{name}: expected a number for each kind of points, and at least one"
        if min(self.copies) < 1 or min(self.masses) <= 0:
            return "copies, masses: expected positive numbers"
        if self.radius <= 0 or self.bound <= 0:
            return "radius, bound: expected positive numbers"
        if not 0 < self.delta < 1:
            return f"delta: expected a number between 0 and 1, got {self.delta}"
        if self.scheme not in SCHEMES:
            return f"scheme: expected one of {', '.join(SCHEMES)}, got {self.scheme!r}"
        if self.draws < 1:
            return f"draws: expected at least 1, got {self.draws}"
        if self.scheme == INDEPENDENT and self.draws > LONGEST:
            return f"draws: at most {LONGEST} independent ones are enumerated, got {self.draws}"
        if self.outcomes() > MOST_OUTCOMES:
            return f"draws, masses: more than {MOST_OUTCOMES} outcomes to enumerate"
        return None


def population_from_json(fields: Any) -> Population:
    """Read a population.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    names = {field.name for field in dataclasses.fields(Population)}
    if not isinstance(fields, dict) or set(fields) != names:
        raise ValueError(f"population: expected the fields {', '.join(sorted(names))}")
    values = dict(fields)
    integers = values["copies"] if isinstance(values["copies"], list) else [None]
    if any(type(value) is not int for value in [*integers, values["draws"]]):
        raise ValueError("copies, draws: expected integers")
    for name in NUMBERS:
        values[name] = field(name, values[name], 1)
    for name in ("radius", "bound", "delta"):
        values[name] = field(name, values[name], 0)
    population = Population(**values)
    fault = population.fault()
    if fault is not None:
        raise ValueError(fault)
    return population
