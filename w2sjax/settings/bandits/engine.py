r"""The regret of a choice among sources, and all that may be paid with its probability, in flint's numbers.

The theorem's index is played exactly, and states are merged: what it knows are the tries and the summed
rewards of every source. Two indices of as many tries compare as their rewards do. Of different numbers of
tries they are never equal, because $\log T$ is transcendental for T > 1, so that some precision tells which
is larger. Where every source pays the same every time there is one path, and only one index changes from
round to round.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import inner, python, rational, rationals
from w2sjax.language.claims import Claim
from w2sjax.settings.bandits import fixed
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.exact import Case, OpenError, Opinion

STATES = 100_000  # visited at most, over all rounds
OPEN = "which index is larger is open at this precision"

Tries = tuple[int, ...]
State = tuple[
    Tries, tuple[int, ...]
]  # with the summed rewards, in units of 1 over their denominator


def play(instance: Instance) -> Iterator[tuple[Tries, fmpq, fmpq]]:
    """Give all that may be after the last round: tries, what is paid in all, probability.

    Raises:
        OpenError: where there are too many states, or the precision does not tell which index is larger.
    """
    unit = lcm(*(value.denominator for value in instance.numbers("rewards")))
    index = _Index(instance.horizon, unit)
    for share, chances, rewards in zip(
        instance.scenarios, instance.chances, instance.rewards, strict=True
    ):
        units = [[int(value * unit) for value in source] for source in rewards]
        if all(len(source) == 1 for source in units):
            states = _follow([value for (value,) in units], instance.horizon, index)
        else:
            states = _play(chances, units, instance.horizon, index)
        for (tries, paid), chance in states.items():
            yield tries, fmpq(sum(paid), unit), rational(share) * chance


def _follow(units: list[int], horizon: int, index: "_Index") -> dict[State, fmpq]:
    """Play the only path there is."""
    values = [fmpq(value, index.unit) for value in units]
    tries = [1] * len(values)
    indices = [value + index.radius(1) for value in values]
    for _ in range(horizon - len(values)):
        best = 0
        for k in range(1, len(values)):
            if tries[k] == tries[best]:
                best = k if units[k] > units[best] else best
            elif indices[k] > indices[best]:
                best = k
            elif not indices[k] < indices[best]:
                raise OpenError(OPEN)
        tries[best] += 1
        indices[best] = values[best] + index.radius(tries[best])
    paid = tuple(n * value for n, value in zip(tries, units, strict=True))
    return {(tuple(tries), paid): fmpq(1)}


def _play(
    chances: list[list[Fraction]], units: list[list[int]], horizon: int, index: "_Index"
) -> dict[State, fmpq]:
    count, visited = len(units), 0
    outcomes = [
        list(zip(rationals(c), u, strict=True)) for c, u in zip(chances, units, strict=True)
    ]
    states: dict[State, fmpq] = {((0,) * count, (0,) * count): fmpq(1)}
    for time in range(horizon):
        after: dict[State, fmpq] = {}
        for (tries, sums), chance in states.items():
            source = time if time < count else index.largest(tries, sums)
            tried = (*tries[:source], tries[source] + 1, *tries[source + 1 :])
            for probability, value in outcomes[source]:
                paid = (*sums[:source], sums[source] + value, *sums[source + 1 :])
                after[tried, paid] = after.get((tried, paid), 0) + chance * probability
        states = after
        visited += len(states)
        if visited > STATES * count:
            raise OpenError(f"more than {STATES} states")
    return states


class _Index:
    """The index of a source from its tries and rewards."""

    def __init__(self, horizon: int, unit: int):
        self.wide, self.unit = 2 * arb(horizon).log(), unit
        self.radii: dict[int, arb] = {}

    def radius(self, tries: int) -> arb:
        if tries not in self.radii:
            self.radii[tries] = (self.wide / tries).sqrt()
        return self.radii[tries]

    def largest(self, tries: Tries, sums: tuple[int, ...]) -> int:
        """Give the place of the largest index, the first among equals."""
        best = 0
        for k in range(1, len(tries)):
            m, n = tries[k], tries[best]
            if m == n:
                best = k if sums[k] > sums[best] else best
                continue
            means = fmpq(sums[k] * n - sums[best] * m, self.unit * m * n)
            lead = self.radius(m) - self.radius(n) + means
            if lead > 0:
                best = k
            elif not lead < 0:
                raise OpenError(OPEN)
        return best


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
