r"""The theorem's index played exactly: all that can happen, with its probability.

States are merged: what the index knows are the tries and the summed rewards of every source. Two indices
of as many tries compare as their rewards do. Of different numbers of tries they are never equal, because
$\log T$ is transcendental for T > 1, so that some precision tells which is larger. Where every source pays
the same every time there is one path, and only one index changes from round to round.
"""

from flint import arb, fmpq

from w2sjax.falsification.bandits.bandit import Bandit, Scenario
from w2sjax.falsification.decision import OutOfReachError
from w2sjax.falsification.flint_numbers import rational

STATES = 100_000  # visited at most, over all rounds
OPEN = "which index is larger is open at this precision"

State = tuple[tuple[int, ...], tuple[fmpq, ...]]


def play(bandit: Bandit) -> list[dict[State, fmpq]]:
    """Give the states after the last round, for each scenario, with their probability within it.

    Raises:
        OutOfReachError: where there are too many states, or the precision does not tell which is larger.
    """
    index = _Index(bandit.horizon)
    determined = [all(len(source) == 1 for source in s.sources) for s in bandit.scenarios]
    plays = (_follow if sure else _play for sure in determined)
    return [
        one(scenario, bandit, index) for one, scenario in zip(plays, bandit.scenarios, strict=True)
    ]


def _follow(scenario: Scenario, bandit: Bandit, index: "_Index") -> dict[State, fmpq]:
    """Play the only path there is."""
    values = [rational(source[0][1]) for source in scenario.sources]
    pulls = [1] * len(values)
    indices = [value + index.radius(1) for value in values]
    for _ in range(bandit.horizon - len(values)):
        best = 0
        for k in range(1, len(values)):
            if pulls[k] == pulls[best]:
                best = k if values[k] > values[best] else best
            elif indices[k] > indices[best]:
                best = k
            elif not indices[k] < indices[best]:
                raise OutOfReachError(OPEN)
        pulls[best] += 1
        indices[best] = values[best] + index.radius(pulls[best])
    paid = [n * value for n, value in zip(pulls, values, strict=True)]
    return {(tuple(pulls), tuple(paid)): fmpq(1)}


def _play(scenario: Scenario, bandit: Bandit, index: "_Index") -> dict[State, fmpq]:
    count, visited = bandit.sources, 0
    outcomes = [[(rational(p), rational(v)) for p, v in source] for source in scenario.sources]
    states: dict[State, fmpq] = {((0,) * count, (fmpq(0),) * count): fmpq(1)}
    for time in range(bandit.horizon):
        after: dict[State, fmpq] = {}
        for (pulls, rewards), chance in states.items():
            source = time if time < count else index.largest(pulls, rewards)
            tried = (*pulls[:source], pulls[source] + 1, *pulls[source + 1 :])
            for probability, value in outcomes[source]:
                paid = (*rewards[:source], rewards[source] + value, *rewards[source + 1 :])
                found = after.get((tried, paid))
                share = chance * probability
                after[tried, paid] = share if found is None else found + share
        states = after
        visited += len(states)
        if visited > STATES * len(scenario.sources):
            raise OutOfReachError(f"more than {STATES} states")
    return states


class _Index:
    """The index of a source from its tries and rewards."""

    def __init__(self, horizon: int):
        self.wide = 2 * arb(horizon).log()
        self.radii: dict[int, arb] = {}

    def radius(self, pulls: int) -> arb:
        if pulls not in self.radii:
            self.radii[pulls] = (self.wide / pulls).sqrt()
        return self.radii[pulls]

    def largest(self, pulls: tuple[int, ...], rewards: tuple[fmpq, ...]) -> int:
        """Give the place of the largest index, the first among equals."""
        best = 0
        for k in range(1, len(pulls)):
            if pulls[k] == pulls[best]:
                best = k if rewards[k] > rewards[best] else best
                continue
            lead = (
                self.radius(pulls[k]) - self.radius(pulls[best])
                + (rewards[k] / pulls[k] - rewards[best] / pulls[best])
            )  # fmt: skip
            if lead > 0:
                best = k
            elif not lead < 0:
                raise OutOfReachError(OPEN)
        return best
