r"""Exponentials of rationals, enclosed; `fractions` alone.

$e^x = (e^{x / 2^k})^{2^k}$ with $|x| / 2^k \le 1/2$. The series is summed in integers over a power of two,
once rounded down and once up; each term is at most half the one before, so what is left out is below the
last one. Squaring k times doubles a relative error k times, so k further bits are carried.
"""

from fractions import Fraction

from w2sjax.falsification.intervals import Interval

GUARD = 32
LARGEST = 10_000


def exp_enclosure(value: Fraction, bits: int) -> Interval:
    """Enclose the exponential of a rational, to about `bits` bits relative to it.

    Raises:
        ValueError: for numbers beyond `LARGEST`.
    """
    if abs(value) > LARGEST:
        raise ValueError(f"value: expected at most {LARGEST} in size, got {float(value)}")
    if value < 0:
        positive = exp_enclosure(-value, bits)
        return Interval(1 / positive.high, 1 / positive.low)
    halvings = max(0, int(2 * value).bit_length())
    unit = 1 << (bits + GUARD + 2 * halvings)
    reduced = value / 2**halvings * unit
    low = _series(reduced.numerator // reduced.denominator, unit, up=False)
    high = _series(-(-reduced.numerator // reduced.denominator), unit, up=True)
    for _ in range(halvings):
        low, high = low * low // unit, -(-high * high // unit)
    return Interval(Fraction(low, unit), Fraction(high, unit))


def _series(x: int, unit: int, *, up: bool) -> int:
    """Bound the exponential of at most 1/2 from one side; x and the result count units."""
    term, total, count = unit, 0, 0
    # A bound from above never gets below one unit, so its last unit is what is left out.
    while term > 1:
        total += term
        count += 1
        product = term * x
        term = -(-product // (unit * count)) if up else product // (unit * count)
    return total + 2 * term if up else total + term
