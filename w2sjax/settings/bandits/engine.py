"""The regret of a choice among sources, and all that may be paid with its probability, in flint's numbers."""

from collections.abc import Iterator

from flint import fmpq

from w2sjax.arithmetic.flint_numbers import inner, python, rational, rationals
from w2sjax.language.claims import Claim
from w2sjax.settings.bandits import fixed
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.bandits.playing import play
from w2sjax.settings.exact import Case, Opinion


class Engine(Opinion):
    """What claims speak of; indices are compared at the precision of flint's context."""

    def __init__(self, claim: Claim, instance: Instance, bits: int):
        del bits
        super().__init__(claim, instance)

    def cases(self) -> Iterator[Case]:
        """List what may be paid in all, where the claim speaks of it."""
        known = self.instance.known(rational)
        gaps = [known["best",] - density for density in rationals(self.instance.densities())]
        lost, totals = fmpq(0), dict[fmpq, fmpq]()
        for tries, total, chance in play(self.instance):
            lost += chance * inner(tries, gaps)
            totals[total] = totals.get(total, 0) + chance
        known["regret",] = lost / known["T",]
        if ("paid",) not in self.claim.quantities:
            yield Case(known.__getitem__, fmpq(1))
            return
        for total, chance in totals.items():
            paid = {("paid",): total / known["T",]}
            yield Case((known | paid).__getitem__, chance, str(python(total)), fixed=fixed)
