"""Isotonic fits: pooled and joined, on the host and compiled, against exact rationals and scikit-learn."""

from fractions import Fraction

import exact
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.isotonic import isotonic_regression

from w2sjax.projecting import isotonic as module
from w2sjax.projecting.isotonic import isotonic

SIZE = 7
few = st.integers(-3, 3).map(float)
values = hnp.arrays(np.float64, SIZE, elements=st.floats(-10, 10, allow_subnormal=False) | few)
weights = hnp.arrays(np.float64, SIZE, elements=st.floats(0.125, 8) | st.just(1.0))


@pytest.fixture(scope="module", params=["host", "pooled", "joined"])
def fitted(request):
    """By SciPy, in one chunk, and in four that are joined."""
    if request.param == "host":
        return isotonic
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", 2 if request.param == "joined" else SIZE)
        fresh = jax.jit(lambda *given: isotonic(*given))  # JAX remembers the trace of a function
        return fresh.lower(jnp.zeros(SIZE), jnp.ones(SIZE)).compile()


def test_fits_are_exact(fitted):
    @given(values, weights)
    @settings(deadline=None, max_examples=100, derandomize=True)
    def check(given_values, given_weights):
        found = fitted(jnp.asarray(given_values), jnp.asarray(given_weights))
        expected = exact.isotonic(
            [Fraction(v) for v in given_values.tolist()],
            [Fraction(w) for w in given_weights.tolist()],
        )
        np.testing.assert_allclose(found, [float(v) for v in expected], rtol=1e-13, atol=1e-14)
        assert np.all(np.diff(found) >= 0)

    check()


def test_points_without_weight_only_follow(fitted):
    given_weights = jnp.asarray([0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    found = fitted(jnp.asarray([5.0, 2.0, 7.0, 1.0, 9.0, 8.0, 8.5]), given_weights)
    np.testing.assert_allclose(found, [1.5, 1.5, 1.5, 1.5, 8.5, 8.5, 8.5], rtol=1e-15)


def hard(kind, size):
    """Data that part or join in an awkward order."""
    generator = np.random.default_rng(0)
    place = np.arange(size) * 1.0
    return {
        "last": np.where(place < size - 1, place, -1e9 * size),
        "first": np.where(place > 0, place, 1e9 * size),
        "noise": generator.normal(size=size) + 5 * place / size,
        "scales": np.exp(600 * place / size - 300) * generator.random(size),
        "falling": -place,
        "rising": place,
    }[kind]


@pytest.mark.parametrize("kind", ["last", "first", "noise", "scales", "falling", "rising"])
def test_many_points_are_scikit_learns(kind):
    size = 3 * module.CHUNK + 5
    given_values, given_weights = hard(kind, size), np.random.default_rng(1).uniform(0.1, 1, size)
    expected = isotonic_regression(given_values, sample_weight=given_weights)
    batch = jnp.stack([jnp.asarray(given_values), jnp.arange(size, dtype=float)])
    found = compiled(batch, jnp.asarray(given_weights))
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    np.testing.assert_allclose(found[1], np.arange(size), rtol=1e-15)


compiled = jax.jit(jax.vmap(isotonic, in_axes=(0, None)))


@pytest.mark.parametrize("given_isotonic", [isotonic, jax.jit(isotonic)], ids=["host", "compiled"])
def test_one_point_pools_all_others(given_isotonic):
    values = jnp.asarray(hard("last", 20_000))
    found = given_isotonic(values, jnp.ones_like(values))
    np.testing.assert_allclose(found, jnp.full_like(values, jnp.mean(values)), rtol=1e-13)


def test_derivatives_are_those_of_the_blocks_means():
    """Also where equal neighbours are one block."""
    given_values = jnp.asarray([3.0, 1.0, 2.0, 5.0])
    given_weights = jnp.asarray([1.0, 1.0, 2.0, 1.0])
    found = jax.jacobian(isotonic)(given_values, given_weights)
    rows = [[0.25, 0.25, 0.5, 0.0]] * 3 + [[0.0, 0.0, 0.0, 1.0]]
    np.testing.assert_allclose(found, rows)


def test_shapes_are_checked_and_precision_kept():
    with pytest.raises(ValueError, match="values, weights: expected two vectors"):
        isotonic(jnp.zeros(0), jnp.zeros(0))
    single = jnp.asarray([2.0, 1.0], jnp.float32), jnp.ones(2, jnp.float32)
    for one in (isotonic(*single), jax.jit(isotonic)(*single)):
        assert one.dtype == jnp.float32 and one.tolist() == [1.5, 1.5]
