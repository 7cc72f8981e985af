r"""The regret of a choice among sources, and all that may be paid with its probability, in flint's numbers.

The theorem's index is played exactly, and states are merged: what it knows are the tries and the summed
rewards of every source. Two indices of as many tries compare as their rewards do. Of different numbers of
tries they are never equal, because $\log T$ is transcendental for T > 1, so that some precision tells which
is larger. Where every source pays the same every time there is one path, and only one index changes from
round to round.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from math import lcm
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import inner, python, rational, rationals
from w2sjax.language.claims import Claim
from w2sjax.settings.bandits import fixed
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.exact import Case, OpenError, Witness

STATES = 100_000  # visited at most, over all rounds

Tries = tuple[int, ...]
State = tuple[Tries, tuple[int, ...]]  # with summed rewards, in units of 1 over their denominator
Index = Callable[[int, int], arb]  # of a source, by its tries and its summed rewards


def play(instance: Instance) -> Iterator[tuple[Tries, fmpq, fmpq]]:
    """Give all that may be after the last round: tries, what is paid in all, probability.

    Raises:
        OpenError: where there are too many states, or the precision does not tell which index is larger.
    """
    unit = lcm(*(value.denominator for value in instance.numbers("rewards")))
    wide = 2 * arb(instance.horizon).log()

    @functools.cache
    def index(tries: int, paid: int) -> arb:
        return fmpq(paid, unit * tries) + (wide / tries).sqrt()

    scenarios = zip(instance.scenarios, instance.chances, instance.rewards, strict=True)
    for share, chances, rewards in scenarios:
        units = [[int(value * unit) for value in source] for source in rewards]
        if all(len(source) == 1 for source in units):
            states = _follow([value for (value,) in units], instance.horizon, index)
        else:
            pairs = zip(chances, units, strict=True)
            outcomes = [list(zip(rationals(c), u, strict=True)) for c, u in pairs]
            states = _play(outcomes, instance.horizon, index)
        for (tries, paid), chance in states.items():
            yield tries, fmpq(sum(paid), unit), rational(share) * chance


def _follow(units: list[int], horizon: int, index: Index) -> dict[State, fmpq]:
    """Play the only path there is."""
    tries, paid = [1] * len(units), list(units)
    for _ in range(horizon - len(units)):
        best = _largest(tries, paid, index)
        tries[best] += 1
        paid[best] += units[best]
    return {(tuple(tries), tuple(paid)): fmpq(1)}


def _play(outcomes: list[Any], horizon: int, index: Index) -> dict[State, fmpq]:
    """Play all paths; an outcome of a source has its probability and reward."""
    count, visited = len(outcomes), 0
    states: dict[State, fmpq] = {((0,) * count, (0,) * count): fmpq(1)}
    for time in range(horizon):
        after: dict[State, fmpq] = {}
        for (tries, sums), chance in states.items():
            source = time if time < count else _largest(tries, sums, index)
            tried = (*tries[:source], tries[source] + 1, *tries[source + 1 :])
            for probability, value in outcomes[source]:
                paid = (*sums[:source], sums[source] + value, *sums[source + 1 :])
                after[tried, paid] = after.get((tried, paid), 0) + chance * probability
        states = after
        visited += len(states)
        if visited > STATES * count:
            raise OpenError(f"more than {STATES} states")
    return states


def _largest(tries: Sequence[int], sums: Sequence[int], index: Index) -> int:
    """Give the place of the largest index, the first among equals."""
    best = 0
    for k in range(1, len(tries)):
        if tries[k] == tries[best]:
            best = k if sums[k] > sums[best] else best
            continue
        new, old = index(tries[k], sums[k]), index(tries[best], sums[best])
        if new > old:
            best = k
        elif not new < old:
            raise OpenError("which index is larger is open at this precision")
    return best


class Engine(Witness):
    """What claims speak of; indices are compared at the precision of flint's context."""

    def __init__(self, claim: Claim, instance: Instance, bits: int):
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
