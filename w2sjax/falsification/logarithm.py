r"""Natural logarithms of rationals, enclosed; `fractions` alone.

$\log x = k \log 2 + 2\,\mathrm{artanh}\, z$ with $x = 2^k m$, $2/3 \le m \le 4/3$ and
$z = (m - 1)/(m + 1)$, so $|z| \le 1/5$. The series $\sum_i z^{2i+1}/(2i+1)$ is summed in integers over a
power of two, once rounded down and once up; what is left out after n terms is below
$z^{2n+1}/((2n+1)(1-z^2))$.
"""

from fractions import Fraction

from w2sjax.falsification.intervals import Interval

GUARD = 32  # bits beyond those asked for, which the roundings of the terms use up


def log_enclosure(value: Fraction, bits: int) -> Interval:
    """Enclose the natural logarithm of a positive rational, to about `bits` bits after the point.

    Raises:
        ValueError: if the value is not positive.
    """
    if value <= 0:
        raise ValueError(f"value: expected a positive number, got {value}")
    shift = value.numerator.bit_length() - value.denominator.bit_length()
    reduced = value / Fraction(2) ** shift
    # Now between 1/2 and 2.
    if reduced > Fraction(4, 3):
        shift, reduced = shift + 1, reduced / 2
    elif reduced < Fraction(2, 3):
        shift, reduced = shift - 1, reduced * 2
    wide = bits + GUARD + abs(shift).bit_length()
    two = _twice_artanh(Fraction(1, 3), wide)
    return two.scaled(Fraction(shift)) + _twice_artanh((reduced - 1) / (reduced + 1), wide)


def _twice_artanh(z: Fraction, bits: int) -> Interval:
    """Enclose 2 artanh z for |z| <= 1/3."""
    if z < 0:
        return _twice_artanh(-z, bits).scaled(Fraction(-1))
    unit = 1 << bits
    low = _series(z.numerator * unit // z.denominator, unit, up=False)
    high = _series(-(-z.numerator * unit // z.denominator), unit, up=True)
    return Interval(Fraction(2 * low, unit), Fraction(2 * high, unit))


def _series(z: int, unit: int, *, up: bool) -> int:
    """Bound artanh z from one side; z and the result count units."""

    def quotient(number: int, by: int) -> int:
        return -(-number // by) if up else number // by

    square, power, odd, total = quotient(z * z, unit), z, 1, 0
    # A bound from above never gets below one unit, so its last unit is what is left out.
    while power > 1:
        total += quotient(power, odd)
        power = quotient(power * square, unit)
        odd += 2
    # All that follows is at most the next power over (1 - z^2), and z is at most 1/3 and a bit.
    return total + 2 * power if up else total
