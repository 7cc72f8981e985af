"""Selecting one's own sources: the record, going on from a state, refusals."""

import dataclasses
import inspect

import jax
import numpy as np
import pytest

from w2sjax.overlap.bandits import STRATEGIES, AlwaysBest
from w2sjax.overlap.data_selection import select_data

DENSITIES = (0.1, 0.8, 0.3)
SAMPLERS = [
    lambda key, density=density: jax.random.uniform(key, (5,)) < density for density in DENSITIES
]


def chosen(strategy, **options):
    strategy = AlwaysBest("best", best=1) if strategy == "best" else strategy
    return select_data(SAMPLERS, 12, np.asarray, strategy, jax.random.key(3), **options)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_record_is_what_happened(strategy):
    found = chosen(strategy)
    assert found.choices[:3].tolist() == [0, 1, 2] and found.choices.size == 12
    assert [
        float(np.mean(np.asarray(batch, float))) for batch in found.batches
    ] == found.rewards.tolist()
    assert found.density == np.mean(found.rewards)
    assert np.array_equal(found.state.pulls, np.bincount(found.choices, minlength=3))
    if not STRATEGIES[strategy].binary:
        totals = np.bincount(found.choices, found.rewards, 3)
        assert np.allclose(found.state.rewards, totals)
    else:
        assert np.all(np.asarray(found.state.rewards) % 1 == 0)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_break_changes_nothing(strategy):
    whole, first = chosen(strategy), chosen(strategy, rounds=5)
    second = chosen(strategy, state=first.state)
    assert np.array_equal(whole.choices, np.append(first.choices, second.choices))
    assert np.array_equal(whole.rewards, np.append(first.rewards, second.rewards))
    for field in dataclasses.fields(whole.state):
        assert np.array_equal(getattr(whole.state, field.name), getattr(second.state, field.name))


@pytest.mark.parametrize("horizon", [2**24 + 1, np.int64(2**24), 2**31 - 1])
def test_long_selections_go_on(horizon):
    """Single precision cannot tell 2^24 + 1 from 2^24."""
    arguments = np.asarray, "index", jax.random.key(3)
    first = select_data(SAMPLERS, horizon, *arguments, rounds=3)
    second = select_data(SAMPLERS, horizon, *arguments, rounds=2, state=first.state)
    assert int(second.state.round) == 5 and int(second.state.horizon) == horizon
    with pytest.raises(ValueError, match=f"the state was made for {horizon}, got {horizon - 1}"):
        select_data(SAMPLERS, horizon - 1, *arguments, state=first.state)


def test_the_better_source_is_found():
    samplers = [lambda key, share=share: np.full(4, share) for share in (0.0, 1.0)]
    found = select_data(samplers, 60, np.asarray, "thompson", jax.random.key(0))
    assert np.mean(found.choices == 1) > 0.7


def test_bad_arguments_are_refused():
    key = jax.random.key(0)
    with pytest.raises(ValueError, match="samplers: expected at least one"):
        select_data([], 5, np.asarray, "index", key)
    with pytest.raises(ValueError, match="horizon: expected at least as many rounds"):
        select_data(SAMPLERS, 2, np.asarray, "index", key)
    with pytest.raises(ValueError, match=r"as many rounds as sources \(3\), got 2"):
        select_data(SAMPLERS, np.int64(2), np.asarray, "index", key)
    unchecked = inspect.unwrap(select_data)
    with pytest.raises(ValueError, match=r"horizon: expected a whole number, got 5\.0"):
        unchecked(SAMPLERS, 5.0, np.asarray, "index", key)
    with pytest.raises(ValueError, match=r"rounds: expected a whole number, got 2\.5"):
        unchecked(SAMPLERS, 5, np.asarray, "index", key, rounds=2.5)
    with pytest.raises(ValueError, match="strategy: there is no 'luck'"):
        select_data(SAMPLERS, 5, np.asarray, "luck", key)
    with pytest.raises(ValueError, match="best: expected to be told"):
        select_data(SAMPLERS, 5, np.asarray, "best", key)
    with pytest.raises(ValueError, match="rounds: expected 1 to 5 that are left, got 6"):
        select_data(SAMPLERS, 5, np.asarray, "index", key, rounds=6)
    state = chosen("index", rounds=4).state
    with pytest.raises(ValueError, match="horizon: the state was made for 12, got 13"):
        select_data(SAMPLERS, 13, np.asarray, "index", key, state=state)
    with pytest.raises(ValueError, match="state: expected one of 2 sources, got 3"):
        select_data(SAMPLERS[:2], 12, np.asarray, "index", key, state=state)
    for wrong in (lambda batch: float("nan"), lambda batch: [], lambda batch: [0.5, 1.5]):
        with pytest.raises(ValueError, match="detector: expected booleans or numbers"):
            select_data(SAMPLERS, 5, wrong, "index", key)
