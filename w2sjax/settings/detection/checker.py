"""The second opinion on an experiment: one point after another, and `fractions` alone."""

from collections.abc import Iterator
from fractions import Fraction

from w2sjax.arithmetic.enclosures import normal_enclosure
from w2sjax.arithmetic.intervals import Interval, exact
from w2sjax.settings.detection import fixed
from w2sjax.settings.exact import Case, RefusedError, Witness

BITS = 160


class Checker(Witness):
    """An experiment, and the numbers of called points that are said to break the claim."""

    notes = {"failures": "by adding one point after another"}

    def cases(self) -> Iterator[Case]:
        """List the numbers that are stated to fail, each once."""
        e, stated = self.instance, self.shown.get("failing")
        numbers = stated if isinstance(stated, list) else []
        possible = (0, e.points) if e.copies else range(e.points + 1)
        if any(type(number) is not int or number not in possible for number in numbers):
            raise RefusedError(f"expected numbers of points, got {numbers}")
        if len(set(numbers)) < len(numbers):
            raise RefusedError("a number is stated twice")
        known = {
            ("density",): exact(e.density),
            ("false_positives",): exact(0) if e.zeroed else exact(1) - self.low(Fraction(0)),
            ("misses",): normal_enclosure(e.threshold - e.mean, BITS),
            ("n",): exact(e.points),
            ("delta",): exact(e.failure),
        }
        shares = self.shares()
        for number in numbers:
            share = {("estimate",): exact(Fraction(number, e.points))}
            yield Case((known | share).__getitem__, shares[number], fixed=fixed)

    def low(self, shift: Fraction) -> Interval:
        """Probability that |shift + z| stays below the threshold."""
        threshold = self.instance.threshold
        above = normal_enclosure(threshold - shift, BITS)
        return _short(above - normal_enclosure(-threshold - shift, BITS))

    def missed(self) -> Interval:
        """Probability that a point is not called."""
        e, elsewhere, still = self.instance, exact(1), self.low(Fraction(0))
        for _ in range(e.directions - 1):
            elsewhere = _short(elsewhere * still)
        hard = self.low(e.mean + e.easy) * elsewhere
        plain = exact(e.easy < e.threshold) if e.zeroed else self.low(e.easy) * elsewhere
        return _short(hard.scaled(e.density) + plain.scaled(1 - e.density))

    def shares(self) -> list[Interval]:
        """Probability of each number of points that are called."""
        missed = self.missed()
        called = exact(1) - missed
        shares = [missed, called]
        for _ in range(self.instance.points - 1):
            if self.instance.copies:
                shares = [shares[0], *[exact(0)] * (len(shares) - 1), shares[-1]]
                continue
            longer = [_short(share * missed) for share in shares] + [exact(0)]
            for number, share in enumerate(shares):
                longer[number + 1] = _short(longer[number + 1] + share * called)
            shares = longer
        return shares


def _short(value: Interval) -> Interval:
    """Round outward to a denominator of 2^BITS, and into [0, 1]."""
    unit = 1 << BITS
    low, high = value.low * unit // 1, -(-value.high * unit // 1)
    return Interval(max(Fraction(low, unit), Fraction(0)), min(Fraction(high, unit), Fraction(1)))
