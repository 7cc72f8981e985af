r"""A second opinion on a choice among sources: one path of rewards after another, and `fractions` alone.

Which index is larger is decided without computing one: for $m < n$ tries, the one of m is larger if it leads
by its rewards, or if its larger radius makes up for the lag D, that is
$D^2 < 2 \log T\,(1/m + 1/n - 2/\sqrt{mn})$.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Any

from w2sjax.arithmetic.intervals import exact, intervals
from w2sjax.language.claims import Claim
from w2sjax.settings.bandits import fixed
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.exact import Case, RefusedError, Witness

BITS = 200
PATHS = 20_000

Path = tuple[Fraction, list[int], Fraction]


class Checker(Witness):
    """What claims speak of, from all paths; of what may be paid only the totals that the evidence states."""

    def __init__(self, claim: Claim, instance: Instance, evidence: dict[str, Any]):
        super().__init__(claim, instance, evidence)
        self.walked = 0
        logarithm = intervals(BITS)["log"](exact(instance.horizon))
        self.log = floor(logarithm.low * 2**BITS), ceil(logarithm.high * 2**BITS)

    @property
    def notes(self) -> dict[str, str]:
        """How many paths there are."""
        return {"paths": f"{self.walked} played"}

    def cases(self) -> Iterator[Case]:
        """List the stated totals of what may be paid; all, where none are stated.

        Raises:
            RefusedError: if there are too many paths, a comparison stays open, or one of the totals cannot
                be paid or is stated twice.
        """
        instance, densities = self.instance, self.instance.densities()
        totals: dict[Fraction, Fraction] = {}
        earned = Fraction(0)
        for chance, tries, paid in self._paths():
            totals[paid] = totals.get(paid, Fraction(0)) + chance
            earned += chance * sum(n * o for n, o in zip(tries, densities, strict=True))
        known = instance.known(exact)
        known["regret",] = exact(max(densities) - earned / instance.horizon)
        if ("paid",) not in self.claim.quantities:
            yield Case(known.__getitem__, exact(1))
            return
        stated = self.shown.get("failing", list(map(str, totals)))
        chosen = [total for total in totals if isinstance(stated, list) and str(total) in stated]
        if not chosen or len(chosen) != len(stated):
            raise RefusedError("failing: expected totals that may be paid, each once")
        for total in chosen:
            mean = {("paid",): exact(total / instance.horizon)}
            yield Case((known | mean).__getitem__, exact(totals[total]), str(total), fixed=fixed)

    def _paths(self) -> Iterator[Path]:
        """Yield probability, tries and total reward of each path."""
        count = self.instance.size
        for place, share in enumerate(self.instance.scenarios):
            open_paths = [(share, [0] * count, [Fraction(0)] * count)]
            while open_paths:
                self.walked += 1
                if self.walked > PATHS:
                    raise RefusedError(f"more than {PATHS} paths")
                yield self._followed(place, open_paths)

    def _followed(self, place: int, open_paths: list[Any]) -> Path:
        """Follow one path to its end; other rewards on the way open other paths."""
        chances, rewards = self.instance.chances[place], self.instance.rewards[place]
        chance, tries, paid = open_paths.pop()
        for time in range(sum(tries), self.instance.horizon):
            source = time if time < len(tries) else self._largest(tries, paid)
            tries[source] += 1
            first, *others = zip(chances[source], rewards[source], strict=True)
            for probability, value in others:
                branch = [*paid[:source], paid[source] + value, *paid[source + 1 :]]
                open_paths.append((chance * probability, list(tries), branch))
            chance, paid[source] = chance * first[0], paid[source] + first[1]
        return chance, tries, sum(paid, Fraction(0))

    def _largest(self, tries: list[int], paid: list[Fraction]) -> int:
        best = 0
        for k in range(1, len(tries)):
            best = k if self._leads(k, best, tries, paid) else best
        return best

    def _leads(self, k: int, best: int, tries: list[int], paid: list[Fraction]) -> bool:
        """Whether the index of source k is larger than that of the best so far."""
        if tries[k] > tries[best]:
            return not self._leads(best, k, tries, paid)
        lag = paid[best] * tries[k] - paid[k] * tries[best]
        if tries[k] == tries[best] or lag <= 0:
            return lag < 0 or tries[k] < tries[best]
        # Both sides times (m n)^2, in integers over powers of two.
        few, many = tries[k], tries[best]
        square = (lag.numerator << BITS) ** 2
        root = isqrt(few * many << 2 * BITS)
        spread = (few + many << BITS) - 2 * root
        scale = 2 * few * many * lag.denominator**2
        if square < self.log[0] * (spread - 2) * scale:
            return True
        if square > self.log[1] * spread * scale:
            return False
        raise RefusedError("which index is larger stays open")
