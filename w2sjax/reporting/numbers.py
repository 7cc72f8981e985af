"""Numbers for people."""

import math


def number(value: float | None, within: float | None = None, *, digits: int = 4) -> str:
    """Write a number with few significant digits, or a dash for none.

    Args:
        value: what was computed.
        within: a bound of its own error, if one is known: a number that is no larger may be 0, and is
            written so.
        digits: significant ones.
    """
    if value is None or math.isnan(value):
        return "-"
    if within is not None and abs(value) <= within:
        return "0"
    return f"{value:.{digits}g}"


def count(value: int) -> str:
    """Write a whole number with its thousands apart."""
    return f"{value:,}"
