"""The first opinion on an experiment: binomial probabilities of the points that are called, in balls."""

from collections.abc import Iterator

from flint import arb, fmpq, fmpz

from w2sjax.arithmetic.flint_numbers import power, rational
from w2sjax.language.claims import Claim
from w2sjax.settings.detection import fixed
from w2sjax.settings.detection.instance import Instance
from w2sjax.settings.exact import Case, Witness


class Engine(Witness):
    """An experiment, at the precision of flint's context."""

    def __init__(self, claim: Claim, instance: Instance, bits: int):
        super().__init__(claim, instance)
        self.threshold, self.density = rational(instance.threshold), rational(instance.density)
        self.noise = 2 * _upper(self.threshold)  # a score of noise alone reaches the threshold

    def cases(self) -> Iterator[Case]:
        """List how many points may be called."""
        e, count = self.instance, self.instance.points
        known = {
            ("density",): self.density,
            ("false_positives",): arb(0) if e.zeroed else self.noise,
            ("misses",): _upper(rational(e.mean) - self.threshold),
            ("n",): fmpq(count),
            ("delta",): rational(e.failure),
        }
        called = self.called()
        for number in (0, count) if e.copies else range(count + 1):
            share = {("estimate",): fmpq(number, count)}
            if e.copies:
                chance = called if number else 1 - called
            else:
                ways = arb(fmpz.bin_uiui(count, number))
                missed = power(1 - called, count - number) if number < count else 1
                chance = ways * called**number * missed
            yield Case((known | share).__getitem__, chance, number, fixed=fixed)

    def high(self, shift: fmpq) -> arb:
        """Probability that |shift + z| reaches the threshold."""
        if shift == 0:
            return self.noise
        return _upper(self.threshold - shift) + _upper(self.threshold + shift)

    def called(self) -> arb:
        """Probability that a point is called."""
        easy, mean = rational(self.instance.easy), rational(self.instance.mean)
        others = (1 - self.high(fmpq(0))) ** (self.instance.directions - 1)
        with_pattern = 1 - (1 - self.high(mean + easy)) * others
        without = 1 - (1 - self.high(easy)) * others
        if self.instance.zeroed:
            without = arb(int(easy >= self.threshold))
        return self.density * with_pattern + (1 - self.density) * without


def _upper(x: fmpq) -> arb:
    """Probability that a standard normal number is at least x."""
    return (arb(x) / arb(2).sqrt()).erfc() / 2
