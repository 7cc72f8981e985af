"""Rational numbers: as text, from doubles, and the simplest one near another."""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

Vector = list[Fraction]
Matrix = list[Vector]
# No more digits than Python reads and writes without asking; no exponents, which could be any size.
_WRITTEN = re.compile(r"-?[0-9]{1,4300}(/[0-9]{1,4300})?")


def text(value: Any) -> Any:
    """Write numbers of any nesting as "p/q".

    Raises:
        ValueError: for a number that is too long to be read again.
    """
    if isinstance(value, list | tuple):
        return [text(part) for part in value]
    try:
        return str(value)
    except ValueError as error:
        raise ValueError("a number has more digits than a file can hold") from error


def parse(value: Any, depth: int | None = None) -> Any:
    """Read numbers from text, exactly: depth 0 is one, 1 a list of them, and so on; None is any nesting.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(value, list | tuple) and depth != 0:
        return [parse(part, None if depth is None else depth - 1) for part in value]
    if depth:
        raise ValueError(f"expected a list of numbers as text, got {_shown(value)}")
    if not isinstance(value, str) or not _WRITTEN.fullmatch(value):
        raise ValueError(f"expected a rational number as text, such as '2/3', got {_shown(value)}")
    try:
        return Fraction(value)
    except ZeroDivisionError as error:
        raise ValueError(f"expected a rational number, got {_shown(value)}") from error


def field(name: str, value: Any, depth: int) -> Any:
    """Read the numbers of a named field, as `parse`.

    Raises:
        ValueError: naming it.
    """
    try:
        return parse(value, depth)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."


def exactly(value: Any) -> Any:
    """Give the rational number that each double of a nested list is; NaN and inf raise."""
    if isinstance(value, list | tuple):
        return [exactly(part) for part in value]
    return Fraction(value)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Find the rational with the least denominator in [low, high], and of those the least one.

    The walk down the Stern-Brocot tree, taken through continued fractions.

    Raises:
        ValueError: if the interval is empty.
    """
    if low > high:
        raise ValueError(f"low: expected at most {high}, got {low}")
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = low.numerator // low.denominator
    if low == whole:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))


def length(value: Fraction) -> int:
    """Count how long a number is to write: 0 for 0, 1 for 1, more for signs and digits."""
    if value == 0:
        return 0
    size = abs(value.numerator).bit_length() + 2 * (value.denominator.bit_length() - 1)
    return size + (value < 0)


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Sum the products."""
    return sum((a * b for a, b in zip(left, right, strict=True)), start=Fraction(0))


def apply(matrix: Sequence[Sequence[Any]], vector: Sequence[Any]) -> list[Any]:
    """Multiply a matrix, given by rows, with a vector."""
    return [dot(row, vector) for row in matrix]


def transpose(matrix: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Exchange rows and columns of a matrix that has rows."""
    return [list(column) for column in zip(*matrix, strict=True)]


def root_above(value: Fraction, bits: int = 256) -> Fraction:
    """Bound a square root from above, to about `bits` bits."""
    if value <= 0:
        return Fraction(0)
    shift = max(0, 2 * bits + value.denominator.bit_length() - value.numerator.bit_length()) // 2
    scaled = (value.numerator << (2 * shift)) // value.denominator
    floor = isqrt(scaled)
    exact = Fraction(floor, 1 << shift)
    return exact if exact * exact == value else Fraction(floor + 1, 1 << shift)


def root_below(value: Fraction, bits: int = 256) -> Fraction:
    """Bound a square root from below, to about `bits` bits."""
    above = root_above(value, bits)
    return above if above == 0 or above * above == value else value / above


def numbers(values: Any) -> str:
    """Write a vector."""
    return "(" + ", ".join(map(str, values)) + ")"
