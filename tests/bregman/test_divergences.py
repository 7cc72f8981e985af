"""Divergences against their definition, scipy and each other; what they say at the boundary."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import kl_div

from w2sjax.bregman.conjugates import Conjugate
from w2sjax.bregman.divergences import (
    BinaryLogistic,
    ItakuraSaito,
    KullbackLeibler,
    Squared,
    mahalanobis,
)
from w2sjax.bregman.generated import generated

MATRIX = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 1.0]])
SAMPLES = np.random.default_rng(0).dirichlet(np.ones(3), size=8)


def entropy(u):
    return jnp.sum(u * jnp.log(u))


ALL = {
    "squared": Squared(),
    "mahalanobis": mahalanobis(MATRIX),
    "kl": KullbackLeibler(),
    "logistic": BinaryLogistic(),
    "itakura-saito": ItakuraSaito(),
    "generated": generated(entropy, SAMPLES),
}
each = pytest.mark.parametrize("name", ALL)
pairs = hnp.arrays(np.float64, (2, 3), elements=st.floats(0.01, 1, allow_subnormal=False)).map(
    lambda rows: rows / rows.sum(axis=1, keepdims=True)
)


@each
@settings(deadline=None, max_examples=15)
@given(pairs)
def test_divergences_are_what_their_generator_says(name, pair):
    one, (u, v) = ALL[name], pair
    slope = jax.grad(one.generator)(v)
    defined = one.generator(u) - one.generator(v) - slope @ (u - v)
    np.testing.assert_allclose(one.between(u, v), defined, atol=1e-11)
    # Gradients of KL are given up to a constant.
    apart = one.gradient(v) - slope
    np.testing.assert_allclose(apart - apart[0], 0, atol=1e-9)
    assert one.between(u, u) == pytest.approx(0, abs=1e-14)
    assert one.between(u, v) >= -1e-14


@each
@settings(deadline=None, max_examples=15)
@given(pairs)
def test_conjugates_turn_arguments_round(name, pair):
    one, (u, v) = ALL[name], pair
    if name == "generated":
        with pytest.raises(ValueError, match="conjugate"):
            one.conjugate_gradient(u)
        return
    dual = Conjugate(one)
    x, y = one.gradient(u), one.gradient(v)
    np.testing.assert_allclose(one.conjugate_gradient(x), u, rtol=1e-12)
    np.testing.assert_allclose(dual.between(y, x), one.between(u, v), rtol=1e-9, atol=1e-13)
    slope = jax.grad(dual.generator)(y)
    defined = dual.generator(x) - dual.generator(y) - slope @ (x - y)
    np.testing.assert_allclose(dual.between(x, y), defined, rtol=1e-7, atol=1e-9)


@settings(deadline=None, max_examples=50)
@given(hnp.arrays(np.float64, (2, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
def test_kl_with_zeros_is_scipys(pair):
    u, v = pair
    assert KullbackLeibler().between(u, v) == pytest.approx(kl_div(u, v).sum())


@pytest.mark.parametrize(
    ("one", "u", "v", "expected"),
    [
        (KullbackLeibler(), [0.0, 1.0], [0.5, 0.5], np.log(2)),
        (KullbackLeibler(), [0.5, 0.5], [0.0, 1.0], np.inf),
        (KullbackLeibler(), [0.0, 1.0], [0.0, 1.0], 0),
        (KullbackLeibler(), [-0.5, 1.5], [0.5, 0.5], np.inf),
        (BinaryLogistic(), [1.0], [0.5], np.log(2)),
        (BinaryLogistic(), [0.5], [1.0], np.inf),
        (BinaryLogistic(), [1.0], [1.0], 0),
        (BinaryLogistic(), [0.5], [1.5], np.inf),
        (ItakuraSaito(), [0.0], [1.0], np.inf),
        (ItakuraSaito(), [1.0], [0.0], np.inf),
        (ItakuraSaito(), [0.0], [0.0], 0),
    ],
)
def test_the_boundary_has_answers_and_no_derivative_is_nan(one, u, v, expected):
    u, v = np.array(u), np.array(v)
    assert one.between(u, v) == pytest.approx(expected)
    for slope in jax.grad(one.between, argnums=(0, 1))(u, v):
        assert not np.isnan(slope).any()
    assert not np.isnan(one.gradient(u)).any() and not np.isnan(one.generator(u))


def test_domains():
    inside = [[0.0, 1.0], [0.5, 1.5], [-0.1, 1.1], [np.nan, 1.0]]
    expected = {"squared": [1, 1, 1, 0], "kl": [1, 1, 0, 0], "logistic": [1, 0, 0, 0]}
    for name, answers in expected.items():
        assert ALL[name].inside(np.array(inside)).tolist() == list(map(bool, answers))


@pytest.mark.parametrize("wrong", [[[1, 2], [0, 1]], [[1, 2], [2, 1]], [1, 2], [[np.nan]]])
def test_a_matrix_that_is_none_is_refused(wrong):
    # A TypeError is jaxtyping's, which sees shapes first.
    with pytest.raises((ValueError, TypeError), match="matrix"):
        mahalanobis(np.array(wrong, float))


def test_a_generator_that_is_not_strictly_convex_is_refused():
    with pytest.raises(ValueError, match="not strictly convex between samples"):
        generated(lambda u: u[0] ** 2, np.eye(3))
    with pytest.raises(ValueError, match="not strictly convex"):
        generated(lambda u: -jnp.sum(u**2), SAMPLES)
    with pytest.raises(ValueError, match="samples"):
        generated(entropy, SAMPLES[:1])
