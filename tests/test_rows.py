"""Features that are read block by block: the same class as in memory, whatever the blocks and threads."""

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


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32),
    st.sampled_from(sorted(SETS)),
    st.sampled_from(DTYPES),
    st.integers(1, 80),
)
def test_it_is_the_class_in_memory(seed, name, dtype, height):
    features, weights, target = problem(seed, dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BLOCK", height * D)
        streamed = project(hypothesis_class(SETS[name], Rows(features), weights), target)
    doubles = jnp.asarray(np.asarray(features, float))
    whole = project(hypothesis_class(SETS[name], doubles, weights), target)
    assert streamed.status == whole.status == Status.CERTIFIED
    apart = np.sqrt(jnp.sum(weights / weights.sum() * (streamed.values - whole.values) ** 2))
    assert apart <= np.sqrt(streamed.gap) + np.sqrt(whole.gap)
    assert streamed.gap <= 1e-12 * jnp.sum(weights / weights.sum() * target**2)


def test_threads_change_no_digit(monkeypatch):
    features, weights, target = problem(0)
    monkeypatch.setattr(rows, "BLOCK", 5 * D)
    found = []
    for count in (1, 7):
        monkeypatch.setattr(rows, "cores", lambda count=count: count)
        found.append(project(hypothesis_class(Affine(), Rows(features), weights), target))
    for one, other in zip(*map(jax.tree.leaves, found), strict=True):
        assert np.array_equal(one, other)


def test_a_batch_reads_the_features_as_often_as_one(monkeypatch):
    features, weights, target = problem(1)
    passes = []
    each = Rows.each
    monkeypatch.setattr(Rows, "each", lambda self, part: passes.append(1) or each(self, part))
    streamed = hypothesis_class(Affine(), Rows(features), weights)
    built = len(passes)
    alone = project(streamed, target)
    once = len(passes) - built
    batch = jax.vmap(lambda one: project(streamed, one))(jnp.stack([target, 2 * target, -target]))
    assert built == 1 and len(passes) == built + 2 * once and once <= 5
    np.testing.assert_allclose(batch.values[0], alone.values, rtol=1e-12)


@pytest.mark.parametrize("free", [True, False])
def test_constant_columns_are_known_and_others_that_depend_are_not(free):
    features, weights, target = problem(2, lost=(1,))
    kind = Affine() if free else Subspace()
    found = project(hypothesis_class(kind, Rows(features), weights), target)
    assert found.status == Status.CERTIFIED
    doubled = np.concatenate([features, features[:, :1]], axis=1)
    found = project(hypothesis_class(kind, Rows(doubled), weights), target)
    assert found.status == Status.LOOSE and np.isfinite(found.radius)
