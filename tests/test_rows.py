"""Features that are read block by block: the same class as in memory, whatever the blocks and threads."""

import copy
import gc
import pickle

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax import Status, hypothesis_class, project
from w2sjax.projecting import rows
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.sets import Affine, L2Ball, Subspace

N, D = 60, 4
SETS = {"affine": Affine(), "subspace": Subspace(), "l2_ball": L2Ball(jnp.asarray(0.5))}
DTYPES = (np.float64, np.float32, np.float16, ml_dtypes.bfloat16)


def problem(seed, dtype=np.float32, lost=()):
    random = np.random.default_rng(seed)
    features = random.normal(3, 1, (N, D)).astype(dtype)
    for column in lost:
        features[:, column] = 2
    weights = random.integers(0, 4, N).astype(float)
    target = np.asarray(features, float) @ random.normal(size=D) + random.normal(size=N)
    return features, jnp.asarray(weights), jnp.asarray(target)


@settings(deadline=None, max_examples=15)
@given(
    st.integers(0, 2**32),
    st.sampled_from(sorted(SETS)),
    st.sampled_from(DTYPES),
    st.sampled_from([1, 7, 80]),
)
def test_it_is_the_class_in_memory(seed, name, dtype, height):
    features, weights, target = problem(seed, dtype)
    given = Rows(features, block=height * D)
    streamed = project(hypothesis_class(SETS[name], given, weights), target)
    doubles = jnp.asarray(np.asarray(features, float))
    whole = project(hypothesis_class(SETS[name], doubles, weights), target)
    assert streamed.status == whole.status == Status.CERTIFIED
    apart = np.sqrt(jnp.sum(weights / weights.sum() * (streamed.values - whole.values) ** 2))
    assert apart <= np.sqrt(streamed.gap) + np.sqrt(whole.gap)
    assert streamed.gap <= 1e-12 * jnp.sum(weights / weights.sum() * target**2)


def test_threads_change_no_digit(monkeypatch):
    features, weights, target = problem(0)
    given, found = Rows(features, block=5 * D), []
    for count in (1, 7):
        monkeypatch.setattr(rows, "cores", lambda count=count: count)
        found.append(project(hypothesis_class(Affine(), given, weights), target))
    for one, other in zip(*map(jax.tree.leaves, found), strict=True):
        assert np.array_equal(one, other)


def test_a_batch_reads_the_features_as_often_as_one(monkeypatch):
    features, weights, target = problem(1)
    passes = []
    each = Rows.each
    monkeypatch.setattr(Rows, "each", lambda *given: passes.append(1) or each(*given))
    streamed = hypothesis_class(Affine(), Rows(features), weights)
    built = len(passes)
    alone = project(streamed, target)
    once = len(passes) - built
    batch = jax.vmap(lambda one: project(streamed, one))(jnp.stack([target, 2 * target, -target]))
    assert built == 1 and len(passes) == built + 2 * once and once <= 5
    np.testing.assert_allclose(batch.values[0], alone.values, rtol=1e-12)


def test_rows_of_a_shape_share_their_programs():
    """Each call reads its own rows, also in a program of the user's."""
    students = jax.jit(lambda given, target: project(given, target).values)
    calls, compiled = [], 0

    def listen(event: str, duration_secs: float, **_: str | int) -> None:
        if "backend_compile" in event:
            calls.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        for seed in (3, 4):
            features, weights, target = problem(seed)
            given = hypothesis_class(Affine(), Rows(features), weights)
            for same in (jax.tree.map(lambda leaf: leaf, given), jax.jit(lambda one: one)(given)):
                assert same.features is given.features
            calls.clear()
            found = students(given, target), project(given, target).values
            compiled = len(calls)
            whole = hypothesis_class(Affine(), jnp.asarray(features, float), weights)
            for one in found:
                near = project(whole, target).values
                np.testing.assert_allclose(one[weights > 0], near[weights > 0], atol=1e-10)
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    assert not compiled


def test_copies_read_their_own_rows():
    features, weights, target = problem(5)
    given = hypothesis_class(Affine(), Rows(features), weights)
    values = project(given, target).values
    copies = pickle.loads(pickle.dumps(given)), copy.deepcopy(given)
    assert len({id(one.features) for one in (given, *copies)}) == 3
    leaves, shape = jax.tree.flatten(hypothesis_class(Affine(), Rows(features * 2), weights))
    del given
    gc.collect()
    for one in copies:
        assert np.array_equal(project(one, target).values, values)
    with pytest.raises(ValueError, match="somebody holds"):
        jax.tree.unflatten(shape, leaves)


def test_rows_of_a_class_serve_another():
    """Their means and basis stay behind."""
    features, weights, target = problem(6)
    rows_of_affine = hypothesis_class(Affine(), Rows(features), weights).features
    for kind in (SETS["l2_ball"], Subspace()):
        found, again = (
            project(hypothesis_class(kind, given, weights), target).values
            for given in (rows_of_affine, Rows(features))
        )
        assert np.array_equal(found, again)


def test_a_batch_of_one_is_no_vector():
    given = Rows(problem(7)[0])
    assert given.times(jnp.zeros(D)).shape == (N,)
    assert jax.vmap(given.times)(jnp.zeros((1, D))).shape == (1, N)


@pytest.mark.parametrize("kind", [Affine(), Subspace()])
@pytest.mark.parametrize("apart", [0, 1e-4, 1e-9, 2**-52], ids=str)
def test_columns_that_are_near_each_other(kind, apart):
    """Exact copies are proved to be so, others are told apart by a basis or not at all."""
    random = np.random.default_rng(2)
    features = random.normal(3, 1, (N, D))
    features[:, 1], features[:, 2] = 2.5, features[:, 0] + apart * random.normal(size=N)
    target = jnp.asarray(features[:, 0] + random.normal(size=N))
    streamed, whole = (hypothesis_class(kind, H) for H in (Rows(features), jnp.asarray(features)))
    factors, known = streamed.factorisation, whole.factorisation
    assert factors is not None and known is not None
    assert (factors.basis is not None) == (1e-9 <= apart)
    found, near = (project(given, target, tolerance=1e-8) for given in (streamed, whole))
    assert found.status == (Status.LOOSE if 0 < apart < 1e-9 else Status.CERTIFIED) == near.status
    if found.status == Status.CERTIFIED:
        distance = np.sqrt(jnp.mean((found.values - near.values) ** 2))
        assert distance <= np.sqrt(found.gap) + np.sqrt(near.gap)
        assert factors.rank == D - (apart == 0) - kind.intercept
        assert factors.condition == pytest.approx(known.condition, rel=1e-4)
