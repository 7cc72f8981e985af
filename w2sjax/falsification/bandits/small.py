"""Small choices among sources: few outcomes and rounds, or long play that is determined; needs no JAX."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.bandits.bandit import Bandit, Scenario, Source
from w2sjax.falsification.statement import Statement

ONE = Fraction(1)
REWARDS = tuple(map(Fraction, ("0", "1", "1/2", "1/4", "1/8", "3/4")))
LARGE = tuple(map(Fraction, ("0", "8", "1", "16", "-8", "32", "100")))
SHARES = tuple(map(Fraction, ("1/2", "1/4", "3/4", "1/3", "1/8", "1/10", "9/10")))
FAILURES = tuple(map(Fraction, ("1/2", "1/10", "3/4", "1/4", "1/20", "9/10")))
ROUNDS = 13  # at most 2^13, where play is determined


def small_bandits(statement: Statement, seed: int) -> Iterator[Bandit]:
    """Draw small ones without end; without independence only such as may lose more than the bound."""
    source = random.Random(f"{seed} {statement.claim} {statement.dropped}")
    while True:
        if statement.dropped == "independence":
            bandit = _dependent(source)
            if _may_lose(bandit, "regret" in statement.lhs):
                yield bandit
        else:
            yield _independent(source, LARGE if statement.dropped == "boundedness" else REWARDS)


def _number(source: random.Random, grid):
    """Draw one, those that are named first more often than the others."""
    return grid[min(source.randrange(len(grid)), source.randrange(len(grid)))]


def _independent(source: random.Random, rewards) -> Bandit:
    count = source.choice((1, 2, 2, 2, 3))
    sources: list[Source] = []
    for _ in range(count):
        first, second, share = (
            _number(source, rewards),
            _number(source, rewards),
            _number(source, SHARES),
        )
        certain = source.random() < 0.5 or first == second
        sources.append(((ONE, first),) if certain else ((share, first), (1 - share, second)))
    horizon = count + source.choice((0, 0, 1, 1, 2, 3, 4, 6))
    return Bandit(horizon, _number(source, FAILURES), (Scenario(ONE, tuple(sources)),))


def _dependent(source: random.Random) -> Bandit:
    """Let chance decide once, and then never again."""
    count, number = source.choice((1, 2, 2, 2, 3)), source.choice((2, 2, 2, 3))
    shares = [_number(source, SHARES) / (number - 1) for _ in range(number - 1)]
    scenarios = tuple(
        Scenario(share, tuple(((ONE, _number(source, REWARDS)),) for _ in range(count)))
        for share in [*shares, 1 - sum(shares)]
    )
    horizon = max(count, int(2 ** source.uniform(1, ROUNDS)))
    return Bandit(horizon, _number(source, FAILURES), scenarios)


def _may_lose(bandit: Bandit, expected: bool) -> bool:
    """Whether someone who follows what the scenario shows loses more than exploring is allowed to cost."""
    horizon, densities = bandit.horizon, bandit.densities()
    bound = math.sqrt(8 * bandit.sources * math.log(horizon) / horizon) + bandit.sources / horizon
    best, lost = max(densities), Fraction(0)
    for scenario in bandit.scenarios:
        means = scenario.means()
        favourite = means.index(max(means))
        short = best - (densities[favourite] if expected else max(means))
        lost = lost + scenario.probability * short if expected else max(lost, short)
    return lost > bound
