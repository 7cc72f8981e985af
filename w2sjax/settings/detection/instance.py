r"""A detection experiment in rational numbers, as in `settings.detection.floats`.

In units of the noise, with the direction as unit vector: a point with the hard pattern scores
$y(\mu + e) + z$, one without it $ye + z$, or $ye$ where absent patterns are zeroed; e is 0 unless an
assumption is dropped. Without "hard coordinates only" the direction has an easy coordinate, whose pattern
adds e, without noise. Without "one direction" there are J of them at right angles, each along a hard
coordinate of its own, and the largest score counts; the hard pattern lies along the first. Without "i.i.d.
points" all points are copies of the first.
"""

import dataclasses
from fractions import Fraction

from w2sjax.settings.detection import HARD_ONLY, IID, ONE_DIRECTION
from w2sjax.settings.records import Record

LARGEST = 1000  # points, and directions: the sums are finite, but take time


@dataclasses.dataclass(frozen=True)
class Instance(Record):
    r"""Points that are scored along a direction, and the failure probability that is promised.

    Attributes:
        points: n.
        failure: $\delta$.
        density: o, the probability that a point carries the hard pattern.
        mean: $\mu \ge 0$ along the direction, in standard deviations.
        threshold: $\tau > 0$, in standard deviations.
        zeroed: whether the hard coordinates of a point without the pattern are 0.
        copies: whether all points are copies of the first.
        directions: J.
        easy: e.
    """

    points: int
    failure: Fraction
    density: Fraction
    mean: Fraction
    threshold: Fraction
    zeroed: bool = False
    copies: bool = False
    directions: int = 1
    easy: Fraction = Fraction(0)

    @property
    def size(self) -> int:
        """Number of points."""
        return self.points

    def described(self) -> str:
        """Say how many points there are."""
        return "1 point" if self.points == 1 else f"{self.points} points"

    def satisfied(self) -> dict[str, bool]:
        """Say which assumptions it satisfies."""
        return {
            IID.name: not self.copies,
            ONE_DIRECTION.name: self.directions == 1,
            HARD_ONLY.name: self.easy == 0,
        }

    def fault(self) -> str | None:
        """Say what makes it no experiment."""
        for name in ("points", "directions"):
            if not 1 <= getattr(self, name) <= LARGEST:
                return f"{name}: expected 1 to {LARGEST}, got {getattr(self, name)}"
        if not 0 < self.failure < 1:
            return f"failure: expected a number between 0 and 1, got {self.failure}"
        if not 0 <= self.density <= 1:
            return f"density: expected a number from 0 to 1, got {self.density}"
        if self.threshold <= 0 or self.mean < 0 or self.easy < 0:
            return "threshold, mean, easy: expected a positive number and two that are not negative"
        return None
