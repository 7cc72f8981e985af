"""Rational numbers in arrays of 64-bit integers, exact or refused; n/0 is infinite, 0/0 undefined."""

import dataclasses
import functools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int64

LARGEST = 2**62


@dataclasses.dataclass(frozen=True, eq=False)
class Fractions:
    """Numerators, and denominators that are not negative.

    Attributes:
        above, below: broadcast against each other.
        size: at least the absolute value of either.
    """

    above: Int64[np.ndarray, "*any"]
    below: Int64[np.ndarray, "*any"]
    size: int

    def __getitem__(self, place: Any) -> "Fractions":
        """Take some of them."""
        return Fractions(self.above[place], self.below[place], self.size)

    def fraction(self, place: int) -> Fraction:
        """Give one, which has to be finite."""
        return Fraction(int(self.above[place]), int(self.below[place]))

    @property
    def finite(self) -> Bool[np.ndarray, "*any"]:
        """Where it is a number."""
        return self.below > 0

    @property
    def double(self) -> Float[np.ndarray, "*any"]:
        """The nearest double, if numerators and denominators are below 2^53."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.above / self.below

    def reduced(self) -> "Fractions":
        """Take out common divisors."""
        common = np.maximum(np.gcd(self.above, self.below), 1)
        return ratios(self.above // common, self.below // common)


def ratios(above: Any, below: Any) -> Fractions:
    """Make fractions of integers; denominators are not negative."""
    parts = [np.asarray(part, np.int64) for part in (above, below)]
    return Fractions(*parts, size=max(int(np.abs(part).max(initial=1)) for part in parts))


def number(value: Fraction | int) -> Fractions:
    """Make a number an array of one entry, which goes with all others."""
    value = Fraction(value)
    return ratios([value.numerator], [value.denominator])


def _small(first: Fractions, second: Fractions, terms: int = 1) -> tuple[Fractions, Fractions, int]:
    """Reduce two fractions if their products might not fit.

    Raises:
        OverflowError: if they still do not.
    """
    if terms * first.size * second.size > LARGEST:
        first, second = first.reduced(), second.reduced()
    size = terms * first.size * second.size
    if size > LARGEST:
        raise OverflowError("fractions: products do not fit into 64 bits")
    return first, second, size


def _sum(first: Fractions, second: Fractions) -> Fractions:
    first, second, size = _small(first, second, 2)
    above = first.above * second.below + second.above * first.below
    return Fractions(above, first.below * second.below, size)


def _product(first: Fractions, second: Fractions) -> Fractions:
    first, second, size = _small(first, second)
    return Fractions(first.above * second.above, first.below * second.below, size)


def _negative(value: Fractions) -> Fractions:
    return Fractions(-value.above, value.below, value.size)


def _quotient(above: Fractions, below: Fractions) -> Fractions:
    sign = np.where(below.above < 0, -1, 1)
    return _product(above, Fractions(sign * below.below, np.abs(below.above), below.size))


def less(first: Fractions, second: Fractions) -> Bool[np.ndarray, "*any"]:
    """Whether one is less than another; not where either is undefined."""
    first, second, _ = _small(first, second)
    return first.above * second.below < second.above * first.below


def at_most(first: Fractions, second: Fractions) -> Bool[np.ndarray, "*any"]:
    """Whether one is at most another; not where either is infinite or undefined."""
    first, second, _ = _small(first, second)
    met = first.above * second.below <= second.above * first.below
    return met & first.finite & second.finite


def chosen(condition: Any, first: Fractions, second: Fractions) -> Fractions:
    """Take the first where a condition holds, else the second."""
    above = np.where(condition, first.above, second.above)
    below = np.where(condition, first.below, second.below)
    return Fractions(above, below, max(first.size, second.size))


def _larger(first: Fractions, second: Fractions) -> Fractions:
    return chosen(less(first, second) | ~second.finite & (second.above == 0), second, first)


def _each(operation: Callable[..., Fractions]) -> Callable[..., Fractions]:
    return lambda *parts: functools.reduce(operation, parts)


FRACTIONS: dict[str, Callable[..., Any]] = {
    "number": number,
    "+": _each(_sum),
    "-": _negative,
    "*": _each(_product),
    "/": _quotient,
    "power": lambda value, exponent: functools.reduce(_product, [value] * exponent),
    "max": _each(_larger),
    "min": lambda *values: _negative(functools.reduce(_larger, map(_negative, values))),
    "abs": lambda value: Fractions(np.abs(value.above), value.below, value.size),
}
