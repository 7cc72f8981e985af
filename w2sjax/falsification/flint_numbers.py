"""Numbers of flint: conversions, sums of products, roots."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

LONGEST = 1000  # characters of a side that are written out


def rational(value: Fraction | int) -> fmpq:
    """Convert to flint."""
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def python(value: fmpq) -> Fraction:
    """Convert from flint."""
    return Fraction(int(value.p), int(value.q))


def written(value: Any, longest: int = LONGEST) -> str:
    """Write a number: a rational that is not longer than that as "p/q", others as a decimal enclosure."""
    if isinstance(value, fmpq):
        bits = sum(abs(int(part)).bit_length() for part in (value.p, value.q))
        # A digit is more than three bits; beyond that nothing has to be written to see that it is long.
        shown = str(python(value)) if bits <= 4 * longest else ""
        if 0 < len(shown) <= longest:
            return shown
    return arb(value).str(20)


def rationals(values: Sequence[Fraction | int]) -> list[fmpq]:
    """Convert a vector to flint."""
    return [rational(value) for value in values]


def inner(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Sum the products; of rationals, or of balls."""
    total = fmpq(0)
    for a, b in zip(left, right, strict=True):
        if a == 0:
            continue  # of a ball that only contains 0 that is not certain
        total = total + a * b
    return total


def power(value: Any, exponent: int) -> Any:
    """Multiply a number with itself, once at least; flint's powers of balls centred at 0 are nan."""
    if isinstance(value, arb) and value.mid() == 0:
        return arb(0, value.abs_upper() ** exponent)
    return value**exponent


def root(value: Any) -> Any:
    """Square root of the positive part: rational where it is, else enclosed."""
    if isinstance(value, fmpq):
        if value < 0:
            return fmpq(0)
        square = value.p.is_square() and value.q.is_square()
        return fmpq(value.p.isqrt(), value.q.isqrt()) if square else arb(value).sqrt()
    if value.lower() < 0:
        upper = value.upper()
        half = upper.sqrt() / 2 if upper > 0 else arb(0)
        return half + arb(0, half.upper()) if upper > 0 else arb(0)
    return value.sqrt()
