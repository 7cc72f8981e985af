"""Intervals with rational ends, for numbers that contain square roots and logarithms."""

import dataclasses
import functools
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import root_above, root_below


class UnboundedError(Exception):
    """A quantity that is infinite, or undefined: nothing is claimed there."""


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


def quotient(above: Interval, below: Interval) -> Interval:
    """Divide.

    Raises:
        UnboundedError: by an interval that contains 0.
    """
    if below.low <= 0 <= below.high:
        raise UnboundedError("a division by 0")
    return above * Interval(1 / below.high, 1 / below.low)


def power(value: Interval, exponent: int) -> Interval:
    """Raise to a whole power."""
    ends = sorted((value.low**exponent, value.high**exponent))
    if exponent % 2 == 0 and value.low < 0 < value.high:
        return Interval(Fraction(0), ends[1])
    return Interval(*ends)


def largest(*values: Interval) -> Interval:
    """Largest of several."""
    return Interval(max(v.low for v in values), max(v.high for v in values))


def least(*values: Interval) -> Interval:
    """Least of several."""
    return Interval(min(v.low for v in values), min(v.high for v in values))


def absolute(value: Interval) -> Interval:
    """Absolute value."""
    if value.low < 0 < value.high:
        return Interval(Fraction(0), max(-value.low, value.high))
    return largest(value, negative(value))


def negative(value: Interval) -> Interval:
    """Negate."""
    return Interval(-value.high, -value.low)


def intervals(bits: int) -> dict[str, Callable[..., Any]]:
    """The arithmetic of terms in intervals, roots and logarithms to about so many bits."""
    from w2sjax.arithmetic.enclosures import enclosed

    return {
        "number": exact,
        "+": lambda *parts: functools.reduce(operator.add, parts),
        "-": negative,
        "*": lambda *parts: functools.reduce(operator.mul, parts),
        "/": quotient,
        "power": power,
        "sqrt": lambda value: value.root(bits),
        "log": lambda value: enclosed("log", value, bits),
        "max": largest,
        "min": least,
        "abs": absolute,
    }
