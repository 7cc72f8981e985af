"""Intervals with rational ends, for numbers that contain square roots; `fractions` alone."""

import dataclasses
from fractions import Fraction

from w2sjax.falsification.rationals import root_above, root_below


@dataclasses.dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`."""

    low: Fraction
    high: Fraction

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def scaled(self, factor: Fraction) -> "Interval":
        """Multiply by a number."""
        return self * exact(factor)

    def root(self, bits: int) -> "Interval":
        """Take the square root; what is negative by width alone counts as 0."""
        low = root_below(max(self.low, Fraction(0)), bits)
        return Interval(low, root_above(max(self.high, Fraction(0)), bits))


def exact(value: Fraction | int) -> Interval:
    """Make a single number an interval."""
    return Interval(Fraction(value), Fraction(value))
