"""Operations on entries in intervals with rational ends, for the second opinion.

Rational numbers are intervals of one point and stay exact; others are rounded outwards. None stands for a
truth value that is not certain and for a number that is undefined, or not known to be defined. An infinity
is an interval whose ends are floats: it can be compared and chosen, and nothing else.
"""

import functools
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic import intervals
from w2sjax.arithmetic.enclosures import enclosed
from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact
from w2sjax.settings.drawn.truths import TRUTHS, comparisons

BITS = 400
ROUNDINGS = (math.floor, math.ceil, math.trunc, round)
ENCLOSED = ("exp", "log", "tanh", "sin", "cos", "atan", "erf")


def number(value: Any) -> Interval | None:
    """Make a truth value a number."""
    return exact(int(value)) if isinstance(value, bool) else value


def infinite(value: Interval) -> bool:
    """Whether it is an infinity."""
    return isinstance(value.low, float)


def numeric(operation: Callable[..., Any], *, infinities: bool = False) -> Callable[..., Any]:
    """Let an operation give None on what it is not defined on; its result is rounded outwards."""

    def guarded(*operands: Any) -> Any:
        given = [number(operand) for operand in operands]
        if any(o is None or (infinite(o) and not infinities) for o in given):
            return None
        try:
            found = operation(*given)
        except UnboundedError:
            return None
        return narrow(found) if isinstance(found, Interval) else found

    return guarded


def narrow(value: Interval) -> Interval:
    """Round an interval outwards, so that its ends do not get ever longer."""
    if value.low == value.high:
        return value
    return Interval(_rounded(value.low, up=False), _rounded(value.high, up=True))


def _rounded(value: Fraction, *, up: bool) -> Fraction:
    if value == 0 or isinstance(value, float):
        return value
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    shift = max(BITS - size, 0)
    scaled = value.numerator << shift
    whole = -(-scaled // value.denominator) if up else scaled // value.denominator
    return Fraction(whole, 1 << shift)


def root(a: Interval) -> Interval:
    """Take the root of what is certainly not negative."""
    if a.low < 0:
        raise UnboundedError("a root of what may be negative")
    return a.root(BITS)


def integer_power(a: Interval, exponent: int) -> Interval:
    """Multiply a number with itself."""
    raised = intervals.power(a, abs(exponent))
    return raised if exponent >= 0 else intervals.quotient(exact(1), raised)


def power(a: Interval, b: Interval) -> Interval:
    """Raise a number that is not negative, or any number to a whole power."""
    if b.low == b.high and abs(b.low) <= 1024 and b.low.denominator <= 2:
        return integer_power(a if b.low.denominator == 1 else root(a), b.low.numerator)
    if a.low == 0 < b.low:
        return Interval(Fraction(0), power(exact(a.high), b).high if a.high else Fraction(0))
    return enclosed("exp", narrow(b * enclosed("log", a, BITS)), BITS)


def monotone(function: Callable[[Fraction], Fraction | int]) -> Callable[[Interval], Interval]:
    """Apply a function that never falls to both ends."""
    return lambda a: Interval(Fraction(function(a.low)), Fraction(function(a.high)))


def less(a: Interval, b: Interval) -> bool | None:
    """Compare; None where the intervals overlap."""
    return True if a.high < b.low else False if a.low >= b.high else None


def hull(cases: list[Any]) -> Any:
    """Enclose several values: truth values, and what is no number, only where they agree."""
    if all(isinstance(case, Interval) and not infinite(case) for case in cases):
        return Interval(min(c.low for c in cases), max(c.high for c in cases))
    first = cases[0]
    return first if all(type(case) is type(first) and case == first for case in cases) else None


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": numeric(operator.add),
    "sub": numeric(operator.sub),
    "mul": numeric(operator.mul),
    "div": numeric(intervals.quotient),
    "max": numeric(intervals.largest, infinities=True),
    "min": numeric(intervals.least, infinities=True),
    "pow": numeric(power),
    "neg": numeric(intervals.negative, infinities=True),
    "abs": numeric(intervals.absolute),
    "sign": numeric(monotone(lambda x: (x > 0) - (x < 0))),
    **{whole.__name__: numeric(monotone(whole)) for whole in ROUNDINGS},
    "sqrt": numeric(root),
    **{name: numeric(functools.partial(enclosed, name, bits=BITS)) for name in ENCLOSED},
    **comparisons(numeric(less, infinities=True)),
    **TRUTHS,
    "finite": lambda a: None if a is None else not infinite(a),
    "number": lambda a: Interval(Fraction(0), Fraction(1)) if a is None else number(a),
}
