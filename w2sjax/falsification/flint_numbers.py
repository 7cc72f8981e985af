"""Numbers of flint: conversions, sums of products, roots."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq


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


def root(value: Any) -> Any:
    """Square root: rational where it is, else enclosed; of a ball around 0, of its positive part."""
    if isinstance(value, fmpq):
        square = value.p.is_square() and value.q.is_square() if value >= 0 else False
        return fmpq(value.p.isqrt(), value.q.isqrt()) if square else arb(value).sqrt()
    if value.lower() < 0:
        upper = value.upper()
        half = upper.sqrt() / 2 if upper > 0 else arb(0)
        return half + arb(0, half.upper()) if upper > 0 else arb(0)
    return value.sqrt()
