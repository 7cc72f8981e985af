"""Numbers of flint: conversions, sums of products, roots."""

import functools
import operator
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.open_error import OpenError

LONGEST = 1000  # characters of a side that are written out
NONE = arb("nan")  # what is no number


def rational(value: Fraction | int) -> fmpq:
    """Convert to flint."""
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
        half = value.upper().sqrt() / 2 if value.upper() > 0 else arb(0)
        return half + arb(0, half.upper())
    return value.sqrt()


def largest(first: Any, *others: Any) -> Any:
    """Take the largest of rational numbers and balls; those that are certainly less play no part."""
    values = [first, *others]
    left = [value for value in values if not any(value < other for other in values)]
    if len(left) <= 1 or all(isinstance(value, fmpq) for value in left):
        return left[0] if left else first
    best = arb(left[0])
    for value in left[1:]:
        best = best.max(arb(value))
    return best


def least(first: Any, *others: Any) -> Any:
    """Take the least of rational numbers and balls."""
    return -largest(-first, *(-other for other in others))


def quotient(above: Any, below: Any) -> Any:
    """Divide; by exactly 0, or by what is no number, the result is none: nothing is claimed there.

    Raises:
        OpenError: by a ball that may be 0: more precision may tell.
    """
    if below == 0 or _is_none(below):
        return NONE
    if isinstance(below, arb) and below.contains(0):
        raise OpenError("a division by what may be 0 at this precision")
    return above / below


def logarithm(value: Any) -> Any:
    """Natural logarithm: rational at 1, else enclosed; none of what is not positive.

    Raises:
        OpenError: of a ball that may be positive or not: more precision may tell.
    """
    if value == 1:
        return fmpq(0)
    if value <= 0 or _is_none(value):
        return NONE
    if not value > 0:
        raise OpenError("a logarithm of what may be 0 at this precision")
    return arb(value).log()


def _is_none(value: Any) -> bool:
    return isinstance(value, arb) and value.is_nan()


FLINT = {
    "number": rational,
    "+": lambda *parts: functools.reduce(operator.add, parts),
    "-": operator.neg,
    "*": lambda *parts: functools.reduce(operator.mul, parts),
    "/": quotient,
    "power": power,
    "sqrt": root,
    "log": logarithm,
    "max": largest,
    "min": least,
    "abs": abs,
}
