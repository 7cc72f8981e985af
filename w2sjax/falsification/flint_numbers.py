"""Rational numbers of flint: conversions and sums of products."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq


def rational(value: Fraction | int) -> fmpq:
    """Convert to flint."""
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def python(value: fmpq) -> Fraction:
    """Convert from flint."""
    return Fraction(int(value.p), int(value.q))


def rationals(values: Sequence[Fraction | int]) -> list[fmpq]:
    """Convert a vector to flint."""
    return [rational(value) for value in values]


def inner(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Sum the products; of rationals, or of balls."""
    total = fmpq(0)
    for a, b in zip(left, right, strict=True):
        if a != 0:
            total = total + a * b
    return total
