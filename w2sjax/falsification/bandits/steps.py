"""Steps that may make a choice among sources smaller: sources, scenarios, outcomes, rounds, numbers."""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.bandits.bandit import Bandit, Scenario, Source
from w2sjax.falsification.projection.steps import changes
from w2sjax.falsification.rationals import length

SHARES = tuple(
    map(Fraction, ("1/2", "1/3", "1/4", "3/4", "7/8", "15/16", "63/64"))
)  # of the rounds


def cost(bandit: Bandit) -> tuple[int, ...]:
    """Order them: sources, scenarios, outcomes, rounds by halves, digits, rounds."""
    lists = [source for scenario in bandit.scenarios for source in scenario.sources]
    digits = sum(length(p) + length(v) for source in lists for p, v in source)
    digits += sum(length(scenario.probability) for scenario in bandit.scenarios)
    return (
        bandit.sources,
        len(bandit.scenarios),
        sum(map(len, lists)),
        bandit.horizon.bit_length(),
        digits + length(bandit.failure),
        bandit.horizon,
    )


def steps(bandit: Bandit) -> Iterator[Bandit]:
    """Propose smaller ones, the largest steps first."""
    yield from _fewer(bandit)
    fewer = [int(bandit.horizon * share) for share in SHARES]
    for horizon in dict.fromkeys([*fewer, bandit.horizon - 1]):
        if bandit.sources <= horizon < bandit.horizon:
            yield dataclasses.replace(bandit, horizon=horizon)
    for failure in changes(bandit.failure):
        yield dataclasses.replace(bandit, failure=failure)
    yield from _numbers(bandit)


def _fewer(bandit: Bandit) -> Iterator[Bandit]:
    """Leave out a source, a scenario or an outcome; the first that is left takes its probability."""
    for k in range(bandit.sources if bandit.sources > 1 else 0):
        rest = [
            dataclasses.replace(s, sources=(*s.sources[:k], *s.sources[k + 1 :]))
            for s in bandit.scenarios
        ]
        yield dataclasses.replace(bandit, scenarios=tuple(rest))
    for i, gone in enumerate(bandit.scenarios):
        rest = [s for j, s in enumerate(bandit.scenarios) if j != i]
        if rest:
            share = rest[0].probability + gone.probability
            rest[0] = dataclasses.replace(rest[0], probability=share)
            yield dataclasses.replace(bandit, scenarios=tuple(rest))
    for i, scenario in enumerate(bandit.scenarios):
        for k, source in enumerate(scenario.sources):
            for j in range(len(source) if len(source) > 1 else 0):
                rest = [outcome for o, outcome in enumerate(source) if o != j]
                rest[0] = rest[0][0] + source[j][0], rest[0][1]
                yield _with_source(bandit, i, k, tuple(rest))


def _numbers(bandit: Bandit) -> Iterator[Bandit]:
    """Replace a reward, or a probability; the next one takes what is left."""
    for i, scenario in enumerate(bandit.scenarios):
        for k, source in enumerate(scenario.sources):
            for j, (probability, value) in enumerate(source):
                for changed in changes(value):
                    parts = (*source[:j], (probability, changed), *source[j + 1 :])
                    yield _with_source(bandit, i, k, parts)
            for shares in _shares([p for p, _ in source]):
                pairs = zip(shares, source, strict=True)
                yield _with_source(bandit, i, k, tuple((p, v) for p, (_, v) in pairs))
    for shares in _shares([s.probability for s in bandit.scenarios]):
        parts = zip(shares, bandit.scenarios, strict=True)
        scenarios = tuple(dataclasses.replace(s, probability=p) for p, s in parts)
        yield dataclasses.replace(bandit, scenarios=scenarios)


def _shares(given: list[Fraction]) -> Iterator[list[Fraction]]:
    for j in range(len(given) - 1):
        for changed in changes(given[j]):
            rest = given[j + 1] + given[j] - changed
            if changed > 0 and rest > 0:
                yield [*given[:j], changed, rest, *given[j + 2 :]]


def _with_source(bandit: Bandit, place: int, k: int, source: Source) -> Bandit:
    scenario = bandit.scenarios[place]
    sources = (*scenario.sources[:k], source, *scenario.sources[k + 1 :])
    changed = Scenario(scenario.probability, sources)
    scenarios = (*bandit.scenarios[:place], changed, *bandit.scenarios[place + 1 :])
    return dataclasses.replace(bandit, scenarios=scenarios)
