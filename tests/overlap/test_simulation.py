"""Simulated bandits: against exact dynamic programming, chunks, devices, detectors, bounds."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from w2sjax.overlap.bandits import STRATEGIES
from w2sjax.overlap.regret import regret, regret_bound, sharper_regret_bound
from w2sjax.overlap.rewards import Detected, PartlyConstant
from w2sjax.overlap.simulation import _program, simulate

MEANS = (0.7, 0.4)
ROUNDS = 12


def exact_regret(means, horizon, root, rounds):
    """Expected regret of an index over two Bernoulli sources, by enumerating counts with their odds."""
    states = {(0, 0, 0, 0): 1.0}
    for time in range(rounds):
        fresh = {}
        for (n0, s0, n1, s1), odds in states.items():
            if time < 2:
                source = time
            else:
                wide = 2 * np.log(horizon)
                index = [
                    s / n + (np.sqrt(wide / n) if root else np.sqrt(wide) / n)
                    for n, s in ((n0, s0), (n1, s1))
                ]
                source = int(index[1] > index[0] + 1e-9)  # ties, up to rounding, go to the first
            for paid, chance in ((1, means[source]), (0, 1 - means[source])):
                place = (n0 + 1, s0 + paid, n1, s1) if source == 0 else (n0, s0, n1 + 1, s1 + paid)
                fresh[place] = fresh.get(place, 0.0) + odds * chance
        states = fresh
    worse = int(means[1] < means[0])
    pulls = sum(odds * state[2 * worse] for state, odds in states.items())
    return pulls * abs(means[0] - means[1]) / rounds


@pytest.mark.parametrize("name", ["index", "variant"])
def test_regret_is_that_of_dynamic_programming(name):
    """20,000 bandits of two sources; within five standard errors (false alarm 6e-7)."""
    means = jnp.broadcast_to(jnp.asarray(MEANS, jnp.float64), (20_000, 2))
    found = np.asarray(simulate(jax.random.key(0), means, name, ROUNDS).regret[:, 0])
    expected = exact_regret(MEANS, ROUNDS, name == "index", ROUNDS)
    assert abs(found.mean() - expected) <= 5 * found.std() / found.size**0.5
    assert expected > 0.01  # there is something to find


def test_the_bound_holds_exactly():
    """Exact expectations of small bandits, whose bounds are vacuous, and of a degenerate one of 80 rounds."""
    for first in (0.05, 0.5, 0.95):
        for second in (0.0, 0.3, 1.0):
            for rounds in (2, 8, 20):
                value = exact_regret((first, second), rounds, True, rounds)
                assert (
                    value
                    <= float(sharper_regret_bound(2, rounds))
                    <= float(regret_bound(2, rounds))
                )
    value = exact_regret((1.0, 0.0), 80, True, 80)
    assert 0.05 < value <= float(sharper_regret_bound(2, 80)) < float(regret_bound(2, 80)) < 1


def test_bounds_are_the_formula():
    assert float(regret_bound(2, 100)) == pytest.approx(
        np.sqrt(16 * np.log(100) / 100) + 0.02 + 4e-6, rel=1e-6
    )
    assert float(regret_bound(2, 100, 50)) == pytest.approx(
        np.sqrt(16 * np.log(100) / 50) + 0.04 + 4e-6, rel=1e-6
    )
    informative = [min(t for t in range(3, 999) if regret_bound(k, t) < 1) for k in (2, 3, 4, 10)]
    assert informative == [73, 122, 173, 521]


def test_regret_of_known_pulls():
    means = jnp.asarray([0.25, 0.75, 0.5])
    assert float(regret(jnp.asarray([0.0, 5.0, 0.0]), means)) == 0
    assert float(regret(jnp.asarray([2.0, 1.0, 1.0]), means)) == pytest.approx((2 * 0.5 + 0.25) / 4)


@pytest.mark.parametrize("name", STRATEGIES)
def test_blocks_change_nothing(name):
    means = jax.random.uniform(jax.random.key(1), (21, 3), jnp.float32)
    looks = (5, 17, 40)
    found = [
        simulate(jax.random.key(2), means, name, 40, rounds=looks, block=block) for block in (64, 2)
    ]
    assert np.array_equal(found[0].pulls, found[1].pulls)
    assert np.array_equal(found[0].rewards, found[1].rewards)
    assert np.array_equal(found[0].pulls.sum(axis=2), np.broadcast_to(looks, (21, 3)))
    few = simulate(jax.random.key(2), means[:4], name, 40)
    assert np.array_equal(few.pulls[:, 0], found[0].pulls[:4, 2])


def test_other_values_do_not_compile_again():
    means = jnp.full((8, 2), 0.5, jnp.float32)
    key = jax.random.key(0)
    other, second, calls = means * 0.5, jax.random.key(5), []

    def listen(event, duration_secs, **_):
        if "backend_compile" in event:
            calls.append(event)

    simulate(key, means, "index", 30)
    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        simulate(second, other, "index", 20)
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    assert not calls
    assert _program.cache_info().currsize >= 1


def test_unused_columns_are_no_sources():
    means = jnp.broadcast_to(jnp.asarray([0.2, 0.6, 0.9, 0.9], jnp.float64), (50, 4))
    found = simulate(jax.random.key(0), means, "best", 30, used=2)
    assert np.all(found.pulls[..., 2:] == 0)
    assert np.allclose(found.regret, 0.4 / 30)


def test_a_detector_pays_at_its_rates():
    rule = Detected(false_positive=0.1, miss=0.3)
    means = jnp.broadcast_to(jnp.asarray([0.5], jnp.float64), (400, 1))
    found = simulate(jax.random.key(0), means, "uniform", 50, rewards=rule)
    ones = int(found.rewards.sum())
    assert stats.binomtest(ones, 20_000, 0.5 * 0.7 + 0.5 * 0.1).pvalue > 1e-6
    for bad in (
        {"false_positive": 1.2, "miss": 0.0},
        {"false_positive": 0.0, "miss": float("nan")},
    ):
        with pytest.raises(ValueError, match=r"expected a rate in \[0, 1\]"):
            Detected(**bad)


def test_own_rules_see_the_tries():
    """A source that pays from its third draw on."""
    means = jnp.zeros((3, 2), jnp.float64)
    found = simulate(
        jax.random.key(0),
        means,
        "uniform",
        20,
        rewards=lambda uniform, mean, source, tries: (tries >= 2).astype(mean.dtype),
    )
    assert np.array_equal(found.rewards, np.maximum(found.pulls - 2, 0))


def test_a_constant_source_pays_its_mean():
    means = jnp.broadcast_to(jnp.asarray([0.5, 0.25], jnp.float64), (5, 2))
    found = simulate(jax.random.key(0), means, "uniform", 30, rewards=PartlyConstant((1,)))
    assert np.array_equal(found.rewards[..., 1], 0.25 * found.pulls[..., 1])


def test_the_variant_gets_stuck_and_the_index_does_not():
    means = jnp.broadcast_to(jnp.asarray([0.53, 0.5], jnp.float64), (300, 2))
    share = {}
    for name in ("index", "variant"):
        found = simulate(
            jax.random.key(0), means, name, 5000, rounds=(2500, 5000), rewards=PartlyConstant((1,))
        )
        late = np.asarray(found.pulls[:, 1] - found.pulls[:, 0])
        share[name] = np.mean(late[:, 1] > 0.99 * 2500)
    assert share["index"] == 0
    assert 0.2 < share["variant"] < 0.55


def test_bad_arguments_are_refused():
    key, means = jax.random.key(0), jnp.full((3, 2), 0.5)
    for bad, message in [
        (jnp.zeros((0, 2)), "means: expected shape"),
        (jnp.full((3, 2), 1.5), r"means: expected densities in \[0, 1\]"),
        (jnp.full((3, 2), jnp.nan), r"means: expected densities in \[0, 1\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            simulate(key, bad, "index", 5)
    with pytest.raises(ValueError, match="horizon: expected at least as many rounds"):
        simulate(key, means, "index", np.int64(1))
    with pytest.raises(ValueError, match=r"horizon: expected a whole number, got 5\.0"):
        inspect.unwrap(simulate)(key, means, "index", 5.0)
    with pytest.raises(ValueError, match="horizon: float32 counts up to 16777216 rounds"):
        simulate(key, means.astype(jnp.float32), "index", 2**24 + 1)
    with pytest.raises(ValueError, match="rounds: expected whole numbers"):
        inspect.unwrap(simulate)(key, means, "index", 9, rounds=(1.5, 5))
    with pytest.raises(ValueError, match="rounds: expected ascending"):
        simulate(key, means, "index", 9, rounds=(5, 5))
    with pytest.raises(ValueError, match="rounds: expected numbers from 1 to the horizon"):
        simulate(key, means, "index", 9, rounds=(0, 5))
    with pytest.raises(ValueError, match="used: expected 1 to 2"):
        simulate(key, means, "index", 9, used=3)
    with pytest.raises(ValueError, match="block: expected at least 1"):
        simulate(key, means, "index", 9, block=0)
