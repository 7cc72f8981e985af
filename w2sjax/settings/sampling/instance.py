r"""A small population in rational numbers, with the way its sample is drawn.

The class is $V = \{x \mapsto \theta x : |\theta| \le R\}$, an interval of coefficients: the ball of
`drawing` in one dimension.
"""

import dataclasses
from fractions import Fraction
from math import comb

from w2sjax.settings.records import Record, axes
from w2sjax.settings.sampling import BOUNDED, BOUNDED_TARGET, FIRST, IID

INDEPENDENT, REPEATED = "independent", "repeated"
SCHEMES = (INDEPENDENT, REPEATED)
MOST_OUTCOMES = 20_000
LONGEST = 1_000  # draws that are enumerated; a point that is repeated may be repeated more often
NUMBERS = ("masses", "features", "weak", "seen", "target")


@dataclasses.dataclass(frozen=True)
class Instance(Record):
    r"""Kinds of points, functions on them, and a random sample of n points.

    Points of one kind differ in nothing, except in whether the sample holds them.

    Attributes:
        radius: $R$.
        bound: $B$.
        draws: n.
        scheme: "independent" draws, or one draw "repeated" n times.
        failure: $\delta$, how likely the claim may be to fail.
        copies: how many points there are of each kind.
        masses: of one point of each kind, positive; the probabilities are their shares.
        features: x.
        weak: $f_w$ at the points that the sample does not hold.
        seen: $f_w$ at the points that it holds; the same, unless $f_w$ is chosen after the sample.
        target: $f^*$.
    """

    radius: Fraction
    bound: Fraction
    draws: int
    scheme: str
    failure: Fraction
    copies: list[int] = axes("kind")
    masses: list[Fraction] = axes("kind")
    features: list[Fraction] = axes("kind")
    weak: list[Fraction] = axes("kind")
    seen: list[Fraction] = axes("kind")
    target: list[Fraction] = axes("kind")

    @property
    def size(self) -> int:
        """Number of kinds of points."""
        return len(self.masses)

    def described(self) -> str:
        """Say how many points and draws there are."""
        points = sum(self.copies)
        alike = " alike" if self.size == 1 else f" of {self.size} kinds"
        alike = "" if points == self.size else alike
        return f"{points} point{'s' * (points > 1)}{alike}, n = {self.draws}"

    def shares(self) -> list[Fraction]:
        """Probabilities of the kinds."""
        masses = [count * mass for count, mass in zip(self.copies, self.masses, strict=True)]
        return [mass / sum(masses) for mass in masses]

    def tells_apart(self, kind: int) -> bool:
        """Whether it matters how many different points of a kind the sample holds."""
        return self.copies[kind] > 1 and self.weak[kind] != self.seen[kind]

    def satisfied(self) -> dict[str, bool]:
        """Say which assumptions it satisfies, and whether the target is bounded."""
        values = [*self.weak, *self.seen, *(self.radius * x for x in self.features)]
        return {
            IID.name: self.scheme == INDEPENDENT,
            FIRST.name: self.weak == self.seen,
            BOUNDED.name: all(-self.bound <= value <= self.bound for value in values),
            BOUNDED_TARGET: all(-self.bound <= value <= self.bound for value in self.target),
        }

    def outcomes(self) -> int:
        """Bound the number of samples that differ in more than the order of their points."""
        if self.scheme == REPEATED:
            return self.size
        counts = comb(self.draws + self.size - 1, self.size - 1)
        return counts * self.draws ** sum(map(self.tells_apart, range(self.size)))

    def fault(self) -> str | None:
        """Say what makes it no population at all, or one that is too large to enumerate."""
        if self.misshapen() is not None or self.size == 0:
            return self.misshapen() or "masses: expected at least one kind of points"
        if min(self.copies) < 1 or min(self.masses) <= 0:
            return "copies, masses: expected positive numbers"
        if self.radius <= 0 or self.bound <= 0:
            return "radius, bound: expected positive numbers"
        if not 0 < self.failure < 1:
            return f"failure: expected a number between 0 and 1, got {self.failure}"
        if self.scheme not in SCHEMES:
            return f"scheme: expected one of {', '.join(SCHEMES)}, got {self.scheme!r}"
        if self.draws < 1:
            return f"draws: expected at least 1, got {self.draws}"
        if self.scheme == INDEPENDENT and self.draws > LONGEST:
            return f"draws: at most {LONGEST} independent ones are enumerated, got {self.draws}"
        if self.outcomes() > MOST_OUTCOMES:
            return f"draws, masses: more than {MOST_OUTCOMES} outcomes to enumerate"
        return None
