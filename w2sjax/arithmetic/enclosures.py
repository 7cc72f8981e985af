r"""Transcendental functions of intervals with rational ends: mpmath's, rounded outwards.

mpmath rounds to the side that is asked for, but proves nothing of the last places. So `GUARD` more places
are computed than are kept, and the result is widened by the last of those that are kept.
"""

from fractions import Fraction

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
    ends = [
        libmp.from_rational(end.numerator, end.denominator, precision, side)
        for end, side in ((value.low, "f"), (value.high, "c"))
    ]
    if name in ("sin", "cos"):
        found = getattr(libmp, f"mpi_{name}")(tuple(ends), precision)
    else:  # it rises, but for erfc, and each end is rounded to its side
        least, most = reversed(ends) if name == "erfc" else ends
        function = getattr(libmp, f"mpf_{name}")
        found = function(least, precision, "f"), function(most, precision, "c")
    low, high = (Fraction(*map(int, libmp.to_rational(end))) for end in found)
    last = Fraction(1, 2 ** (bits + 2))
    return Interval(low - abs(low) * last, high + abs(high) * last)


def normal_enclosure(x: Fraction, bits: int) -> Interval:
    r"""Enclose the standard normal distribution function, $\Phi(x) = \mathrm{erfc}(-x / \sqrt 2) / 2$."""
    if x < -FAR:
        return Interval(Fraction(0), normal_enclosure(Fraction(-FAR), bits).high)
    scaled = quotient(exact(-x), exact(2).root(bits + GUARD))
    found = enclosed("erfc", scaled, bits).scaled(Fraction(1, 2))
    return Interval(found.low, min(found.high, Fraction(1)))
