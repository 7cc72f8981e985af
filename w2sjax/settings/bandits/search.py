"""Small choices among sources, and steps to smaller ones: few outcomes and rounds, or determined play."""

import dataclasses
import operator
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.doubles import DOUBLES
from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.settings.bandits import BOUNDED, INDEPENDENT
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.shrinking import changed, changes, favoured, placed

ONE = Fraction(1)
REWARDS = tuple(map(Fraction, ("0", "1", "1/2", "1/4", "1/8", "3/4")))
LARGE = tuple(map(Fraction, ("0", "8", "1", "16", "-8", "32", "100")))
SHARES = tuple(map(Fraction, ("1/2", "1/4", "3/4", "1/3", "1/8", "1/10", "9/10")))
FAILURES = tuple(map(Fraction, ("1/2", "1/10", "3/4", "1/4", "1/20", "9/10")))
TRIES = 1000  # dependent ones that are drawn for one that may break a claim
ROUNDS = 13  # at most 2^13, where play is determined
FEWER = tuple(map(Fraction, ("1/2", "1/3", "1/4", "3/4", "7/8", "15/16", "63/64")))


def small(claim: Claim, kind: Any, parameters: Any, seed: int) -> Iterator[Instance]:
    """Draw small ones without end; dependent ones only such as may break the claim."""
    source = random.Random(f"{seed} {claim.name} {claim.dropped}")
    rewards = REWARDS if claim.assumes(BOUNDED) else LARGE
    while True:
        if claim.assumes(INDEPENDENT):
            yield _independent(source, rewards)
            continue
        for _ in range(TRIES):
            instance = _dependent(source, rewards)
            if _may_break(claim, instance):
                yield instance
                break
        else:
            yield _independent(source, rewards)


def _independent(source: random.Random, grid: tuple[Fraction, ...]) -> Instance:
    count = source.choice((1, 2, 2, 2, 3))
    chances, rewards = [], []
    for _ in range(count):
        first, second = favoured(source, grid), favoured(source, grid)
        share = favoured(source, SHARES)
        certain = source.random() < 0.5 or first == second
        chances.append([ONE] if certain else [share, 1 - share])
        rewards.append([first] if certain else [first, second])
    horizon = count + source.choice((0, 0, 1, 1, 2, 3, 4, 6))
    return Instance(horizon, favoured(source, FAILURES), [ONE], [chances], [rewards])


def _dependent(source: random.Random, grid: tuple[Fraction, ...]) -> Instance:
    """Let chance decide once, and then never again."""
    count, number = source.choice((1, 2, 2, 2, 3)), source.choice((2, 2, 2, 3))
    shares = [favoured(source, SHARES) / (number - 1) for _ in range(number - 1)]
    rewards = [[[favoured(source, grid)] for _ in range(count)] for _ in range(number)]
    horizon = max(count, int(2 ** source.uniform(1, ROUNDS)))
    failure = favoured(source, FAILURES)
    chances = [[[ONE]] * count] * number
    return Instance(horizon, failure, [*shares, ONE - sum(shares)], chances, rewards)


def _may_break(claim: Claim, instance: Instance) -> bool:
    """Whether the claim breaks, in doubles, if nobody explores: the best of the scenario is always chosen."""
    shares = list(map(float, instance.scenarios))
    rows = [[float(value) for (value,) in row] for row in instance.rewards]
    densities = [_dot(shares, column) for column in zip(*rows, strict=True)]
    chosen = [densities[row.index(max(row))] for row in rows]
    known = instance.known(float)
    known["regret",] = known["best",] - _dot(shares, chosen)
    order = plan(claim.terms[: 2 * len(claim.comparisons)])
    for paid in {max(row) for row in rows} if ("paid",) in claim.quantities else (0.0,):
        values = order.values(DOUBLES, (known | {("paid",): paid}).__getitem__)
        if any(low > high for low, high in zip(values[::2], values[1::2], strict=True)):
            return True
    return False


def _dot(shares: Sequence[float], values: Sequence[float]) -> float:
    return sum(map(operator.mul, shares, values))


def cost(instance: Instance) -> tuple[int, ...]:
    """Order them: sources, scenarios, outcomes, rounds by halves, digits, rounds."""
    rounds, scenarios = instance.horizon, len(instance.scenarios)
    outcomes = sum(1 for _ in instance.numbers("rewards"))
    digits = sum(map(length, instance.numbers()))
    return instance.size, scenarios, outcomes, rounds.bit_length(), digits, rounds


def steps(instance: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller ones, the largest steps first."""
    yield from _shorter(instance)
    horizon = instance.horizon
    for fewer in dict.fromkeys([*(int(horizon * share) for share in FEWER), horizon - 1]):
        if instance.size <= fewer < horizon:
            yield dataclasses.replace(instance, horizon=fewer)
    yield from changed(instance, "failure", "rewards")
    for chances in _shares(instance.chances):
        yield dataclasses.replace(instance, chances=chances)
    for scenarios in _shares(instance.scenarios):
        yield dataclasses.replace(instance, scenarios=scenarios)


def _shorter(instance: Instance) -> Iterator[Instance]:
    """Leave out a source, a scenario or an outcome; the first that is left takes its probability."""
    for k in range(instance.size if instance.size > 1 else 0):
        yield instance.without("source", {k})
    for i, scenarios in _fewer(instance.scenarios):
        yield dataclasses.replace(instance.without("scenario", {i}), scenarios=scenarios)
    for i, row in enumerate(instance.chances):
        for k, source in enumerate(row):
            for j, left in _fewer(source):
                paid = instance.rewards[i][k]
                chances = placed(instance.chances, left, i, k)
                rewards = placed(instance.rewards, [*paid[:j], *paid[j + 1 :]], i, k)
                yield dataclasses.replace(instance, chances=chances, rewards=rewards)


def _fewer(shares: list[Fraction]) -> Iterator[tuple[int, list[Fraction]]]:
    """Leave out a probability; the first that is left grows by it."""
    for j in range(len(shares) if len(shares) > 1 else 0):
        first, *others = [*shares[:j], *shares[j + 1 :]]
        yield j, [first + shares[j], *others]


def _shares(given: list[Any]) -> Iterator[list[Any]]:
    """Replace a probability; the next one takes what is left."""
    for j, part in enumerate(given):
        if isinstance(part, list):
            for changed in _shares(part):
                yield placed(given, changed, j)
        elif j + 1 < len(given):
            for changed in changes(part):
                rest = given[j + 1] + part - changed
                if changed > 0 and rest > 0:
                    yield [*given[:j], changed, rest, *given[j + 2 :]]
