"""Operations on entries in flint's numbers: rational as long as they are, then balls.

A truth value that is not certain is None. What is no finite number is text: "inf", "-inf", and "nan" for
everything undefined or not known to be defined; it may be computed as long as nothing chooses it.
"""

from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.flint_numbers import power as raised
from w2sjax.falsification.flint_numbers import root

UNDEFINED = "nan"
INFINITE = ("-inf", "inf")


def finite(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Let an operation be undefined on what is no finite number."""

    def guarded(*operands: Any) -> Any:
        if any(isinstance(operand, str) for operand in operands):
            return UNDEFINED
        return operation(*operands)

    return guarded


def product(a, b) -> Any:
    """Multiply; zero times any number is rational."""
    return fmpq(0) if a == 0 or b == 0 else a * b


def divide(a, b) -> Any:
    """Divide, where the divisor is certainly not zero; zero over any number is rational."""
    if not (b > 0 or b < 0):
        return UNDEFINED
    return fmpq(0) if a == 0 else a / b


def negate(a) -> Any:
    """Change the sign."""
    if isinstance(a, str):
        return INFINITE[a == "-inf"] if a in INFINITE else a
    return -a


def square_root(a) -> Any:
    """Take the root of what is certainly not negative."""
    return root(a) if a >= 0 else UNDEFINED


def logarithm(a) -> Any:
    """Take the logarithm of what is certainly positive; of 1 it is rational."""
    if not a > 0:
        return UNDEFINED
    return fmpq(0) if a == 1 else arb(a).log()


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
        inner = finite(square_root)(a)
        return finite(integer_power)(inner, int(b.p))
    if a == 0 and b > 0:
        return fmpq(0)
    if isinstance(a, fmpq) and isinstance(b, fmpq) and a > 0 and max(abs(b.p), b.q) <= 64:
        below, above = (part.root(int(b.q)) for part in (a.p, a.q))
        if fmpq(below, above) ** int(b.q) == a:
            return integer_power(fmpq(below, above), int(b.p))
    return (b * arb(a).log()).exp() if a > 0 else UNDEFINED


def less(a, b, *, strictly: bool) -> bool | None:
    """Compare; None where the balls overlap."""
    if UNDEFINED in (a, b) and any(isinstance(side, str) for side in (a, b)):
        return None
    if isinstance(a, str) or isinstance(b, str):
        order = [INFINITE.index(s) * 2 - 1 if isinstance(s, str) else 0 for s in (a, b)]
        return order[0] < order[1] if strictly else order[0] <= order[1]
    if a is None or b is None:
        return None
    a, b = number(a), number(b)
    if strictly:
        return True if a < b else False if a >= b else None
    return True if a <= b else False if a > b else None


def equal(a, b) -> bool | None:
    """Compare: numbers that only may be equal are not certain to be."""
    below, above = less(a, b, strictly=True), less(b, a, strictly=True)
    if below or above:
        return False
    return True if below is False and above is False else None


def larger(a, b) -> Any:
    """Take the larger number."""
    if UNDEFINED in (a, b) and any(isinstance(side, str) for side in (a, b)):
        return UNDEFINED
    known = less(a, b, strictly=False)
    if known is None:
        return arb(a).max(arb(b))
    return b if known else a


def smaller(a, b) -> Any:
    """Take the smaller number."""
    return negate(larger(negate(a), negate(b)))


def sign(a) -> Any:
    """Give 1, 0 or -1."""
    if isinstance(a, fmpq):
        return fmpq((a > 0) - (a < 0))
    return fmpq(1) if a > 0 else fmpq(-1) if a < 0 else fmpq(0) if a == 0 else arb(0, 1)


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


def truncated(a) -> Any:
    """Round towards zero."""
    if a >= 0:
        return floor(a)
    return -floor(-a) if a <= 0 else floor(a).union(-floor(-a))


def truth_and(a, b) -> bool | None:
    """Both."""
    return False if a is False or b is False else None if a is None or b is None else True


def truth_not(a) -> bool | None:
    """The opposite."""
    return None if a is None else not a


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
    return hull(cases)


def hull(cases) -> Any:
    """Enclose several values."""
    first = cases[0]
    if any(isinstance(case, bool) or case is None for case in cases):
        return first if all(case is first for case in cases) else None
    if any(isinstance(case, str) for case in cases):
        return first if all(isinstance(c, str) and c == first for c in cases) else UNDEFINED
    total = arb(first)
    for case in cases[1:]:
        total = total.union(arb(case))
    return total


def _ball(name: str) -> Callable[[Any], Any]:
    return finite(lambda a: _AT_ZERO[name] if a == 0 else getattr(arb(a), name)())


_AT_ZERO = {
    "exp": fmpq(1),
    "tanh": fmpq(0),
    "sin": fmpq(0),
    "cos": fmpq(1),
    "atan": fmpq(0),
    "erf": fmpq(0),
}

OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": finite(lambda a, b: a + b),
    "sub": finite(lambda a, b: a - b),
    "mul": finite(product),
    "div": finite(divide),
    "max": larger,
    "min": smaller,
    "pow": finite(power),
    "power": finite(integer_power),
    "neg": negate,
    "abs": finite(abs),
    "sign": finite(sign),
    "floor": finite(floor),
    "ceil": finite(lambda a: -floor(-a)),
    "round": finite(nearest),
    "trunc": finite(truncated),
    "sqrt": finite(square_root),
    "log": finite(logarithm),
    **{name: _ball(name) for name in _AT_ZERO},
    "lt": lambda a, b: less(a, b, strictly=True),
    "le": lambda a, b: less(a, b, strictly=False),
    "eq": equal,
    "and": truth_and,
    "or": lambda a, b: truth_not(truth_and(truth_not(a), truth_not(b))),
    "xor": lambda a, b: None if a is None or b is None else a != b,
    "not": truth_not,
    "finite": lambda a: None if isinstance(a, str) and a == UNDEFINED else not isinstance(a, str),
    "number": number,
    "select": select,
}
