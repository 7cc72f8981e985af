r"""A second opinion on a choice among sources: one path of rewards after another, and `fractions` alone.

Which index is larger is decided without computing one: for $m < n$ tries, the one of m is larger if it leads
by its rewards, or if its larger radius makes up for the lag D, that is
$D^2 < 2 \log T\,(1/m + 1/n - 2/\sqrt{mn})$.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Any

from w2sjax.falsification.bandits.bandit import Bandit, Scenario
from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.judging import among, judge
from w2sjax.falsification.logarithm import log_enclosure
from w2sjax.falsification.opinion import Opinion, RefusedError
from w2sjax.falsification.statement import Statement

BITS = 200
PATHS = 20_000

Path = tuple[Fraction, list[int], Fraction]


def check_bandit(statement: Statement, bandit: Bandit) -> Opinion:
    """Check a counterexample of the claims on the regret.

    Raises:
        RefusedError: if a hypothesis fails, there are too many paths, or a comparison stays open.
    """
    fault = bandit.fault()
    if fault is not None:
        raise RefusedError(fault)
    broken = {name for name, kept in bandit.satisfied().items() if not kept} - {statement.dropped}
    if broken:
        raise RefusedError(f"fails: {', '.join(sorted(broken))}")
    book = _Book(bandit)
    formulas = {
        "regret": book.regret,
        "exploration": book.exploration,
        "tries": lambda: exact(Fraction(bandit.sources, bandit.horizon)),
        "unlucky": lambda: exact(bandit.unlucky),
        "point": lambda: exact(Fraction(1, bandit.horizon)),
        "short": lambda: book.short(book.exploration() + formulas["tries"]()),
        "short_of_chance": lambda: book.short(exact(0)),
        "delta": lambda: exact(bandit.failure),
    }
    opinion = judge(statement, among(formulas), {})
    return Opinion(opinion.violated, opinion.lhs, opinion.rhs, {"paths": f"{book.walked} played"})


class _Book:
    """All paths of a choice among sources."""

    def __init__(self, bandit: Bandit):
        self.bandit, self.walked = bandit, 0
        self.densities = bandit.densities()
        self.logarithm = log_enclosure(Fraction(bandit.horizon), BITS)
        ends = self.logarithm.low, self.logarithm.high
        self.log = floor(ends[0] * 2**BITS), ceil(ends[1] * 2**BITS)

    def paths(self) -> Iterator[Path]:
        """Yield probability, tries and total reward of each path."""
        count = self.bandit.sources
        for scenario in self.bandit.scenarios:
            open_paths = [(scenario.probability, [0] * count, [Fraction(0)] * count)]
            while open_paths:
                self.walked += 1
                if self.walked > PATHS:
                    raise RefusedError(f"more than {PATHS} paths")
                yield self._followed(scenario, open_paths)

    def _followed(self, scenario: Scenario, open_paths: list[Any]) -> Path:
        """Follow one path to its end; other rewards on the way open other paths."""
        chance, tries, paid = open_paths.pop()
        for time in range(sum(tries), self.bandit.horizon):
            source = time if time < len(tries) else self._largest(tries, paid)
            tries[source] += 1
            first, *others = scenario.sources[source]
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

    def exploration(self) -> Interval:
        """Compute sqrt(8 K log T / T)."""
        share = Fraction(8 * self.bandit.sources, self.bandit.horizon)
        return self.logarithm.scaled(share).root(BITS)

    def regret(self) -> Interval:
        """Best density less the mean density of what is chosen."""
        earned = Fraction(0)
        for chance, tries, _ in self.paths():
            earned += chance * sum(n * o for n, o in zip(tries, self.densities, strict=True))
        return exact(max(self.densities) - earned / self.bandit.horizon)

    def short(self, cost: Interval) -> Interval:
        """Probability that less is paid than the best density, the cost and chance leave."""
        bandit = self.bandit
        left = bandit.failure - bandit.unlucky
        if left <= 0:
            raise RefusedError("fails: δ > 2K/T³")
        chance = log_enclosure(1 / left, BITS).scaled(Fraction(1, 2 * bandit.horizon)).root(BITS)
        wanted = exact(max(self.densities)) - cost - chance
        total = exact(0)
        for probability, _, paid in self.paths():
            mean = paid / bandit.horizon
            if mean < wanted.low:
                total = total + exact(probability)
            elif mean <= wanted.high:
                total = total + Interval(Fraction(0), probability)
        return total
