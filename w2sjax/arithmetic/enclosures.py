r"""Transcendental functions of intervals with rational ends: mpmath's, rounded outwards.

mpmath rounds to the side that is asked for, but proves nothing of the last places. So `GUARD` more places
are computed than are kept, and the result is widened by the last of those that are kept.
"""

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact, quotient

GUARD = 40
LARGEST = 10_000  # exponents
FAR = 100  # where the tail of a normal distribution is as good as none
# Where a function is known: the argument, and the value there.
_KNOWN = {"exp": (0, 1), "cos": (0, 1), "erfc": (0, 1), "log": (1, 0)}
_ORIGIN = (0, 0)


def enclosed(name: str, value: Interval, bits: int) -> Interval:
    """Enclose exp, log, tanh, sin, cos, atan, erf or erfc on an interval, to about so many bits.

    Raises:
        UnboundedError: for the logarithm of what may not be positive, and for exponents beyond `LARGEST`.
    """
    if name == "log" and value.low <= 0:
        raise UnboundedError("a logarithm of what is not positive")
    if name == "exp" and max(abs(value.low), abs(value.high)) > LARGEST:
        raise UnboundedError(f"an exponent beyond {LARGEST}")
    argument, known = _KNOWN.get(name, _ORIGIN)
    if value.low == value.high == argument:
        return exact(known)
    from mpmath import libmp  # here, since few replays need it

    precision = bits + GUARD
    ends = tuple(
        libmp.from_rational(end.numerator, end.denominator, precision, side)
        for end, side in ((value.low, "f"), (value.high, "c"))
    )
    low, high = map(_fraction, _functions()[name](ends, precision))
    last = Fraction(1, 2 ** (bits + 2))
    return Interval(low - abs(low) * last, high + abs(high) * last)


@functools.cache
def _functions() -> dict[str, Callable[..., Any]]:
    """Give the functions of both ends: of those that rise or fall, by what each end is rounded to."""
    from mpmath import libmp

    def rising(function):
        return lambda ends, bits: (function(ends[0], bits, "f"), function(ends[1], bits, "c"))

    names = ("exp", "log", "tanh", "atan", "erf")
    return {name: rising(getattr(libmp, f"mpf_{name}")) for name in names} | {
        "erfc": lambda ends, bits: rising(libmp.mpf_erfc)(ends[::-1], bits),
        "sin": libmp.mpi_sin,
        "cos": libmp.mpi_cos,
    }


def _fraction(value: Any) -> Fraction:
    from mpmath import libmp

    return Fraction(*map(int, libmp.to_rational(value)))


def log_enclosure(value: Fraction, bits: int) -> Interval:
    """Enclose the natural logarithm of a positive rational."""
    return enclosed("log", exact(value), bits)


def normal_enclosure(x: Fraction, bits: int) -> Interval:
    r"""Enclose the standard normal distribution function, $\Phi(x) = \mathrm{erfc}(-x / \sqrt 2) / 2$."""
    if x < -FAR:
        return Interval(Fraction(0), normal_enclosure(Fraction(-FAR), bits).high)
    scaled = quotient(exact(-x), exact(2).root(bits + GUARD))
    found = enclosed("erfc", scaled, bits).scaled(Fraction(1, 2))
    return Interval(found.low, min(found.high, Fraction(1)))
