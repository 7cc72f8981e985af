"""Operations on entries in flint's numbers: rational as long as they are, then balls.

A truth value that is not certain is None. Infinities are balls, and what is undefined or not known to be
defined is flint's "nan"; it may be computed as long as nothing chooses it.
"""

from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import logarithm, root
from w2sjax.arithmetic.flint_numbers import power as raised
from w2sjax.settings.drawn.truths import TRUTHS, comparisons

UNDEFINED = arb("nan")


def finite(a) -> bool | None:
    """Whether it is a number; None where that is not certain."""
    if isinstance(a, fmpq) or a.is_finite():
        return True
    return False if a.is_exact() else None  # "nan" is not exact


def product(a, b) -> Any:
    """Multiply; zero times any number is rational."""
    if a == 0 or b == 0:
        return fmpq(0) if finite(a) and finite(b) else UNDEFINED
    return a * b


def divide(a, b) -> Any:
    """Divide, where the divisor is certainly not zero; zero over any number is rational."""
    if not (b > 0 or b < 0):
        return UNDEFINED
    return fmpq(0) if a == 0 else a / b


def square_root(a) -> Any:
    """Take the root of what is certainly not negative."""
    return root(a) if a >= 0 else UNDEFINED


def integer_power(a, exponent: int) -> Any:
    """Multiply a number with itself."""
    if exponent < 0 and not (a > 0 or a < 0):
        return UNDEFINED
    return raised(a, exponent) if exponent else fmpq(1)


def power(a, b) -> Any:
    """Raise a number that is not negative, or any number to a whole power."""
    if isinstance(b, fmpq) and b.q == 1 and abs(b) <= 1024:
        return integer_power(a, int(b.p))
    if isinstance(b, fmpq) and b.q == 2 and abs(b) <= 1024:
        return integer_power(square_root(a), int(b.p))
    if a == 0 and b > 0:
        return fmpq(0)
    if isinstance(a, fmpq) and isinstance(b, fmpq) and a > 0 and max(abs(b.p), b.q) <= 64:
        below, above = (part.root(int(b.q)) for part in (a.p, a.q))
        if fmpq(below, above) ** int(b.q) == a:
            return integer_power(fmpq(below, above), int(b.p))
    return (b * arb(a).log()).exp() if a > 0 else UNDEFINED


def less(a, b) -> bool | None:
    """Compare; None where the balls overlap, or one is undefined."""
    if a is None or b is None:
        return None
    a, b = number(a), number(b)
    return True if a < b else False if a >= b else None


def larger(a, b) -> Any:
    """Take the larger number."""
    known = less(a, b)
    return arb(a).max(arb(b)) if known is None else b if known else a


def floor(a) -> Any:
    """Round down."""
    return fmpq(a.floor()) if isinstance(a, fmpq) else a.floor()


def nearest(a) -> Any:
    """Round to the nearest whole number, halves to the even one."""
    low = floor(a + fmpq(1, 2))
    if isinstance(a, arb):  # a ball may hold a half, which either side of it is next to
        return low.union(-floor(fmpq(1, 2) - a))
    half = (a + fmpq(1, 2)).q == 1
    return low - 1 if half and low.p % 2 == 1 else low


def number(a) -> Any:
    """Make a truth value 1 or 0, numbers stay."""
    if a is None:
        return arb(0.5, 0.5)
    return fmpq(int(a)) if isinstance(a, bool) else a


def select(which, *cases) -> Any:
    """Take a case by truth value or number; where that is not certain, all of them together."""
    which = number(which)
    if isinstance(which, fmpq):
        return cases[min(max(int(which.p), 0), len(cases) - 1)]
    first = cases[0]
    if any(isinstance(case, bool) or case is None for case in cases):
        return first if all(case is first for case in cases) else None
    total = arb(first)
    for case in cases[1:]:
        total = total.union(arb(case))
    return total


def _ball(name: str, at_zero: int) -> Callable[[Any], Any]:
    return lambda a: fmpq(at_zero) if a == 0 else getattr(arb(a), name)()


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": product,
    "div": divide,
    "max": larger,
    "min": lambda a, b: -larger(-a, -b),
    "pow": power,
    "power": integer_power,
    "neg": lambda a: -a,
    "abs": abs,
    "sign": lambda a: number(less(0, a)) - number(less(a, 0)),
    "floor": floor,
    "ceil": lambda a: -floor(-a),
    "round": nearest,
    "trunc": lambda a: select(less(a, 0), floor(a), -floor(-a)),
    "sqrt": square_root,
    "log": lambda a: logarithm(a) if a > 0 else UNDEFINED,
    **{name: _ball(name, at_zero=1) for name in ("exp", "cos")},
    **{name: _ball(name, at_zero=0) for name in ("tanh", "sin", "atan", "erf")},
    **comparisons(less),
    **TRUTHS,
    "finite": finite,
    "number": number,
    "select": select,
}
