"""Which numbers a formula may hold: those that say exactly what they are."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

DIGITS = 12  # of a double that stands for the decimal it prints as
FAR = 1000  # places of a decimal before or after the point
_ADVICE = "write an int, a Fraction ('Fraction(1, 3)') or a Decimal"


def exact_number(value: Any) -> Fraction:
    """Give the rational number that a number in a formula stands for.

    A double that prints in at most `DIGITS` digits stands for that decimal; other numbers for themselves.

    Raises:
        TypeError: for what is no such number: a bool, a longer double, single precision, an array, NaN, a
            decimal with thousands of places, with what to write instead.
    """
    if isinstance(value, bool):
        raise TypeError(f"a formula takes numbers, got {value}; write 0 or 1")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, Decimal | float):
        written = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
        if not written.is_finite():
            raise TypeError(f"a formula takes finite numbers, got {value}")
        if abs(written.adjusted()) > FAR:
            raise TypeError(f"a formula takes decimals of at most {FAR} places, got {value}")
        if isinstance(value, float) and len(written.normalize().as_tuple().digits) > DIGITS:
            raise TypeError(
                f"{value!r} has more than {DIGITS} digits: what was meant is not clear; {_ADVICE}"
            )
        return Fraction(written)
    kind = type(value).__name__
    raise TypeError(f"a formula takes terms and exact numbers, got {kind}; {_ADVICE}")
