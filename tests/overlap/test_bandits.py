"""One contract for every strategy, the words they draw, and each strategy against its definition."""

import dataclasses

import hypothesis.extra.numpy as hnp
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from w2sjax.overlap.bandits import (
    STRATEGIES,
    AlwaysBest,
    BanditState,
    Index,
    strategy_named,
    stream,
    toss,
)
from w2sjax.overlap.bandits.arms import WRITTEN_OUT, largest, pick

SOURCES, HORIZON = 4, 40
each_strategy = pytest.mark.parametrize("name", STRATEGIES)
RULES = STRATEGIES | {"best": AlwaysBest("best", best=0)}


def played(name, rewards, key, *, used=SOURCES, dtype=jnp.float64):
    """Play a table of rewards (rounds, sources); return choices and the last state."""
    rule = RULES[name]
    state = rule.init(SOURCES, float(HORIZON), used=used, dtype=dtype)

    def one(state, given):
        reward, own = given
        source = rule.select(own, state)
        return rule.update(state, source, reward[source]), source

    keys = jax.random.split(key, rewards.shape[0])
    last, choices = jax.lax.scan(one, state, (jnp.asarray(rewards, dtype), keys))
    return choices, last


@pytest.fixture(scope="module")
def play():
    """A compiled player for each strategy."""
    programs = {}

    def run(name, rewards, seed=0):
        if name not in programs:
            programs[name] = jax.jit(lambda table, key: played(name, table, key))
        choices, state = programs[name](rewards, jax.random.key(seed))
        return np.asarray(choices), state

    return run


tables = hnp.arrays(np.float64, (HORIZON, SOURCES), elements=st.sampled_from([0.0, 1.0]))


@each_strategy
def test_contract(name, play):
    @given(tables, st.integers(0, 2**31))
    @settings(deadline=None, max_examples=25, derandomize=True)
    def check(table, seed):
        choices, state = play(name, table, seed)
        assert choices[:SOURCES].tolist() == list(range(SOURCES))  # each once first
        assert np.all((choices >= 0) & (choices < SOURCES))
        paid = table[np.arange(HORIZON), choices]
        assert np.array_equal(state.pulls, np.bincount(choices, minlength=SOURCES))
        assert np.array_equal(state.rewards, np.bincount(choices, paid, SOURCES))
        assert int(state.round) == HORIZON and float(state.horizon) == HORIZON
        assert np.allclose(state.estimates, state.rewards / state.pulls)
        again = play(name, table, seed)[0]
        assert np.array_equal(choices, again)

    check()


@each_strategy
def test_unused_places_are_never_chosen(name):
    table = np.ones((HORIZON, SOURCES))
    choices, state = played(name, table, jax.random.key(1), used=3)
    assert np.all(np.asarray(choices) < 3) and float(state.pulls[3]) == 0


@each_strategy
def test_vmap_is_one_call_after_another(name):
    table = np.asarray(jax.random.bernoulli(jax.random.key(2), 0.5, (HORIZON, SOURCES)), float)
    keys = jax.random.split(jax.random.key(3), 3)
    together = jax.vmap(lambda key: played(name, table, key)[0])(keys)
    for key, choices in zip(keys, together, strict=True):
        assert np.array_equal(choices, played(name, table, key)[0])


@each_strategy
def test_state_is_plain_arrays_that_go_on(name):
    """Stopped after any round, saved as arrays, and continued: the same state."""
    rule = RULES[name]
    state = rule.init(2, 9, dtype=jnp.float64)
    for time in range(4):
        state = rule.update(state, jnp.int32(time % 2), jnp.asarray(float(time % 2)))
    saved = {
        field.name: np.asarray(getattr(state, field.name)) for field in dataclasses.fields(state)
    }
    loaded = BanditState(**{place: jnp.asarray(value) for place, value in saved.items()})
    for key in jax.random.split(jax.random.key(0), 5):
        assert rule.select(key, state) == rule.select(key, loaded)


@each_strategy
def test_rewards_steer(name, play):
    """A source that always pays against sources that never do; uniform and the best do not learn."""
    table = np.zeros((HORIZON, SOURCES))
    table[:, 2] = 1
    choices, _ = play(name, table)
    share = np.mean(choices[SOURCES:] == 2)
    if name == "best":  # which was told source 0
        assert np.all(choices[SOURCES:] == 0)
    elif name == "uniform":
        assert share < 0.6
    else:
        assert share > 0.5


@each_strategy
def test_bad_arguments_are_refused(name):
    rule = RULES[name]
    with pytest.raises(ValueError, match="sources: expected at least 1, got 0"):
        rule.init(0, 10)
    with pytest.raises(ValueError, match="horizon: expected at least as many rounds"):
        rule.init(4, 3)
    for horizon in (np.int64(3), jnp.float32(3)):
        with pytest.raises(ValueError, match=r"as many rounds as sources \(4\), got 3"):
            rule.init(5, horizon, used=4)
    for horizon in (float("nan"), float("inf"), 5.5):
        with pytest.raises(ValueError, match="horizon: expected a whole number"):
            rule.init(4, horizon)
    with pytest.raises(
        ValueError, match="horizon: float32 counts up to 16777216 rounds, got 16777217"
    ):
        rule.init(4, 2**24 + 1)
    with pytest.raises(ValueError, match="horizon: float64 counts up to 2147483647 rounds"):
        rule.init(4, 2**31, dtype=jnp.float64)


def test_unknown_strategies_are_refused():
    with pytest.raises(ValueError, match="strategy: there is no 'luck'; known are index, variant"):
        strategy_named("luck")


@pytest.mark.parametrize("root", [True, False])
def test_index_is_the_formula(root, play):
    """Replayed in numpy: every choice has the largest index of its round."""
    rule = Index("index", root=root)
    table = np.asarray(jax.random.uniform(jax.random.key(5), (HORIZON, SOURCES)))
    choices, state = play("index" if root else "variant", table)
    pulls, paid = np.zeros(SOURCES), np.zeros(SOURCES)
    for time, choice in enumerate(choices):
        if time >= SOURCES:
            wide = 2 * np.log(HORIZON)
            radius = np.sqrt(wide / pulls) if root else np.sqrt(wide) / pulls
            scores = paid / pulls + radius
            assert scores[choice] >= scores.max() - 1e-12
        pulls[choice] += 1
        paid[choice] += table[time, choice]
    found = rule.memory(state.pulls, state.rewards, state.horizon)
    assert np.allclose(found[0], state.memory[0], rtol=1e-12)


def test_thompson_chooses_with_the_probability_of_being_best():
    """Two posteriors; P(theta_0 > theta_1) by quadrature; false alarm probability 1e-6."""
    rule = strategy_named("thompson")
    state = rule.init(2, 100, dtype=jnp.float64)
    for source, reward in [(0, 1.0), (1, 0.0), (0, 0.0), (0, 0.0), (1, 1.0), (1, 0.0), (1, 0.0)]:
        state = rule.update(state, jnp.int32(source), jnp.asarray(reward))
    keys = jax.random.split(jax.random.key(0), 40_000)
    chosen = int(jnp.sum(jax.vmap(lambda key: rule.select(key, state))(keys) == 0))
    grid = (np.arange(20_000) + 0.5) / 20_000
    expected = float(np.mean(stats.beta.pdf(grid, 2, 3) * stats.beta.cdf(grid, 2, 4)))
    assert stats.binomtest(chosen, 40_000, expected).pvalue > 1e-6


def test_uniform_is_uniform():
    rule = strategy_named("uniform")
    state = rule.init(4, 100, used=3)
    state = dataclasses.replace(state, round=jnp.int32(3))
    keys = jax.random.split(jax.random.key(0), 9000)
    counts = np.bincount(np.asarray(jax.vmap(lambda key: rule.select(key, state))(keys)))
    assert counts.size == 3 and stats.chisquare(counts).pvalue > 1e-6


def test_the_best_is_told():
    told = strategy_named("best").told(jnp.asarray([0.1, 0.9, 0.3]))
    state = dataclasses.replace(told.init(3, 9), round=jnp.int32(3))
    assert int(told.select(jax.random.key(0), state)) == 1
    rule = strategy_named("index")
    assert rule.told(jnp.asarray([0.1, 0.9])) is rule


def test_a_toss_has_the_mean_of_its_reward():
    uniform = jax.random.uniform(jax.random.key(0), (40_000,))
    ones = int(jnp.sum(jax.vmap(toss)(uniform, jnp.full(40_000, 0.3))))
    assert stats.binomtest(ones, 40_000, 0.3).pvalue > 1e-6
    assert toss(jnp.asarray(0.0), jnp.asarray(0.0)) == 0
    assert toss(jnp.asarray(0.9999), jnp.asarray(1.0)) == 1


@pytest.mark.parametrize("size", [1, 5, WRITTEN_OUT + 3])
def test_arms_are_reductions(size):
    values = np.round(np.asarray(jax.random.normal(jax.random.key(size), (200, size))), 1)
    places = largest(jnp.asarray(values.T))
    assert np.array_equal(places, values.argmax(axis=1))
    picked = pick(jnp.asarray(values.T), places)
    assert np.array_equal(picked, values.max(axis=1))


@pytest.mark.parametrize(
    ("rounds", "fill", "expected"),
    [
        (13, 0, (0x9D1C5EC6, 0x8BD50731)),
        (13, 0xFFFFFFFF, (0xFD36D048, 0x2D17272C)),
        (20, 0, (0x6B200159, 0x99BA4EFE)),
        (20, 0xFFFFFFFF, (0x1CB996FC, 0xBB002BE7)),
    ],
)
def test_threefry_has_its_authors_answers(rounds, fill, expected):
    """Known answers of the Random123 library (Salmon et al. 2011)."""
    same = jnp.uint32(fill)
    found = stream.threefry(jnp.full(2, fill, jnp.uint32), same, same, rounds)
    assert tuple(int(word) for word in found) == expected


def test_words_differ_between_rounds_bandits_and_places():
    seeds = stream.seeds(jax.random.key(0), jnp.arange(50))
    two = jax.jit(jax.vmap(stream.pair, (None, 0)))(seeds, jnp.arange(40, dtype=jnp.int32))
    more = jax.vmap(lambda pair: stream.expand(pair, 6))(two)
    found = np.concatenate([two, more], axis=1)
    assert found.shape == (40, 8, 50)
    assert np.unique(found).size >= found.size - 5  # a birthday or two
    numbers = jnp.asarray(found)
    assert stats.kstest(np.ravel(stream.uniform(numbers, jnp.float64)), "uniform").pvalue > 1e-6
    assert stats.kstest(np.ravel(stream.normal(numbers, jnp.float64)), "norm").pvalue > 1e-6
    # Words of one round are uncorrelated: 28 pairs of 2,000, within five standard errors.
    columns = np.moveaxis(np.asarray(stream.normal(numbers, jnp.float64)), 1, 0).reshape(8, -1)
    correlations = np.corrcoef(columns)[np.triu_indices(8, 1)]
    assert np.abs(correlations).max() <= 5 / 2000**0.5
    few = stream.seeds(jax.random.key(0), jnp.asarray([7]))
    assert np.array_equal(few[:, 0], seeds[:, 7])


def test_extreme_words_stay_finite():
    bits = jnp.asarray([0, 1, 2**31 - 1, 2**31, 2**32 - 1], jnp.uint32)
    for dtype in (jnp.float32, jnp.float64):
        assert np.all(np.isfinite(stream.normal(bits, dtype)))
        uniform = np.asarray(stream.uniform(bits, dtype))
        assert np.all((uniform >= 0) & (uniform < 1))
