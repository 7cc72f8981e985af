"""Operations on entries in intervals with rational ends; `fractions` alone.

Rational numbers are intervals of one point and stay exact; others are rounded outwards. None stands for a
truth value that is not certain and for a number that is undefined, or not known to be defined.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.logarithm import log_enclosure
from w2sjax.falsification.programs.exponential import LARGEST, exp_enclosure

BITS = 400
LACKING = ("sin", "cos", "atan", "erf")  # operations that this engine has not
ZERO, ONE = Fraction(0), Fraction(1)


def narrow(value: Interval) -> Interval:
    """Round an interval outwards, so that its ends do not get ever longer."""
    if value.low == value.high:
        return value
    return Interval(_rounded(value.low, up=False), _rounded(value.high, up=True))


def _rounded(value: Fraction, *, up: bool) -> Fraction:
    if value == 0:
        return value
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    shift = max(BITS - size, 0)
    scaled = value.numerator << shift
    whole = -(-scaled // value.denominator) if up else scaled // value.denominator
    return Fraction(whole, 1 << shift)


def product(a: Interval, b: Interval) -> Interval:
    """Multiply."""
    return narrow(a * b)


def quotient(a: Interval, b: Interval) -> Interval | None:
    """Divide, where the divisor is certainly not zero."""
    if b.low <= 0 <= b.high:
        return None
    return narrow(a * Interval(1 / b.high, 1 / b.low))


def root(a: Interval) -> Interval | None:
    """Take the root of what is certainly not negative."""
    return None if a.low < 0 else a.root(BITS)


def exponential(a: Interval) -> Interval | None:
    """Raise e."""
    if max(abs(a.low), abs(a.high)) > LARGEST:
        return None
    if a.low == a.high == 0:
        return exact(1)
    return narrow(Interval(exp_enclosure(a.low, BITS).low, exp_enclosure(a.high, BITS).high))


def logarithm(a: Interval) -> Interval | None:
    """Take the logarithm of what is certainly positive."""
    if a.low <= 0:
        return None
    if a.low == a.high == 1:
        return exact(0)
    return narrow(Interval(log_enclosure(a.low, BITS).low, log_enclosure(a.high, BITS).high))


def tangent(a: Interval) -> Interval | None:
    r"""$\tanh a = 1 - 2 / (e^{2a} + 1)$, which grows with a."""
    if a.low == a.high == 0:
        return exact(0)
    raised = exponential(a + a)
    if raised is None:
        return None
    low, high = (1 - 2 / (end + 1) for end in (raised.low, raised.high))
    return narrow(Interval(low, high))


def integer_power(a: Interval, exponent: int) -> Interval | None:
    """Multiply a number with itself."""
    if exponent < 0:
        positive = integer_power(a, -exponent)
        return None if positive is None else quotient(exact(1), positive)
    ends = sorted((a.low**exponent, a.high**exponent))
    if exponent and exponent % 2 == 0 and a.low < 0 < a.high:
        ends[0] = ZERO
    return narrow(Interval(*ends))


def power(a: Interval, b: Interval) -> Interval | None:
    """Raise a number that is not negative, or any number to a whole power."""
    if b.low == b.high and abs(b.low) <= 1024:
        if b.low.denominator == 1:
            return integer_power(a, int(b.low))
        if b.low.denominator == 2:
            inner = root(a)
            return None if inner is None else integer_power(inner, b.low.numerator)
    if a.low == 0 < b.low:
        above = exact(0) if a.high == 0 else power(exact(a.high), b)
        return None if above is None else Interval(ZERO, above.high)
    height = logarithm(a)
    return None if height is None else exponential(product(b, height))


def absolute(a: Interval) -> Interval:
    """Drop the sign."""
    ends = sorted((abs(a.low), abs(a.high)))
    return Interval(ZERO if a.low < 0 < a.high else ends[0], ends[1])


def monotone(function: Callable[[Fraction], Fraction | int]) -> Callable[[Interval], Interval]:
    """Apply a function that never falls to both ends."""
    return lambda a: Interval(Fraction(function(a.low)), Fraction(function(a.high)))


def less(a: Interval, b: Interval, *, strictly: bool) -> bool | None:
    """Compare; None where the intervals overlap."""
    if strictly:
        return True if a.high < b.low else False if a.low >= b.high else None
    return True if a.high <= b.low else False if a.low > b.high else None


def equal(a: Interval, b: Interval) -> bool | None:
    """Compare: numbers that only may be equal are not certain to be."""
    if a.high < b.low or b.high < a.low:
        return False
    return True if a.low == a.high == b.low == b.high else None


def hull(cases: list[Any]) -> Any:
    """Enclose several values: truth values only where they agree."""
    if all(isinstance(case, Interval) for case in cases):
        return Interval(min(c.low for c in cases), max(c.high for c in cases))
    return cases[0] if all(case is cases[0] for case in cases) else None


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: narrow(a + b),
    "sub": lambda a, b: narrow(a - b),
    "mul": product,
    "div": quotient,
    "max": lambda a, b: Interval(max(a.low, b.low), max(a.high, b.high)),
    "min": lambda a, b: Interval(min(a.low, b.low), min(a.high, b.high)),
    "pow": power,
    "power": integer_power,
    "neg": lambda a: Interval(-a.high, -a.low),
    "abs": absolute,
    "sign": monotone(lambda x: (x > 0) - (x < 0)),
    "floor": monotone(lambda x: x.__floor__()),
    "ceil": monotone(lambda x: x.__ceil__()),
    "round": monotone(round),
    "trunc": monotone(int),
    "sqrt": root,
    "exp": exponential,
    "log": logarithm,
    "tanh": tangent,
    "lt": lambda a, b: less(a, b, strictly=True),
    "le": lambda a, b: less(a, b, strictly=False),
    "eq": equal,
}
