r"""The standard normal distribution function at rationals, enclosed; `fractions` alone.

$\Phi(x) = \frac12 + \frac{1}{\sqrt{2\pi}} \sum_k \frac{(-1)^k x^{2k+1}}{2^k k! (2k+1)}$, summed in integers
over a power of two; $\pi$ by Machin's formula. The terms alternate and fall once $k > x^2/2$, so that what
is left out is at most the first term left out.
"""

from fractions import Fraction

from w2sjax.falsification.intervals import Interval

GUARD = 32  # bits for the roundings of the terms
LARGEST = 64  # beyond, the bound by the tail says more than the series costs


def normal_enclosure(x: Fraction, bits: int) -> Interval:
    r"""Enclose $\Phi(x)$ to about `bits` bits."""
    half = Fraction(1, 2)
    if abs(x) > LARGEST:
        # Q(x) <= exp(-x^2/2) <= 2^(-x^2/2)
        small = Fraction(1, 2 ** int(x * x / 2))
        return Interval(Fraction(0), small) if x < 0 else Interval(1 - small, Fraction(1))
    size = abs(x)
    # Terms are at most exp(x^2/2) < 2^(x^2) large and cancel.
    unit = 1 << (bits + GUARD + int(size * size))
    low, high = _series(size, unit)
    circle = _pi(bits + GUARD).scaled(Fraction(2)).root(bits + GUARD)
    above = Interval(half + low / circle.high, min(half + high / circle.low, Fraction(1)))
    return Interval(1 - above.high, 1 - above.low) if x < 0 else above


def _series(x: Fraction, unit: int) -> tuple[Fraction, Fraction]:
    """Bound the sum for x >= 0; terms are counted in units, rounded down and up."""
    square = x * x
    numerator, denominator = square.numerator, 2 * square.denominator
    down = x.numerator * unit // x.denominator
    up = -(-x.numerator * unit // x.denominator)
    low = high = k = 0
    while up > 1 or k <= square / 2:
        parts = down // (2 * k + 1), -(-up // (2 * k + 1))
        low, high = (
            (low + parts[0], high + parts[1]) if k % 2 == 0 else (low - parts[1], high - parts[0])
        )
        k += 1
        down = down * numerator // (denominator * k)
        up = -(-up * numerator // (denominator * k))
    return Fraction(max(low - up, 0), unit), Fraction(high + up, unit)


def _pi(bits: int) -> Interval:
    """Enclose pi = 16 arctan(1/5) - 4 arctan(1/239)."""
    unit = 1 << bits
    total, error = 0, 0
    for factor, by in ((16, 5), (-4, 239)):
        term, odd, sign = unit // by, 1, 1
        while term:
            total += factor * sign * (term // odd)
            # Both roundings, of the power and of the quotient, are below one unit.
            error += 2 * abs(factor)
            term, odd, sign = term // (by * by), odd + 2, -sign
        error += 2 * abs(factor)
    return Interval(Fraction(total - error, unit), Fraction(total + error, unit))
