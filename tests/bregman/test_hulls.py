"""Projections on hulls against cvxpy and scipy; certificates at good and bad points; edges."""

from typing import Any

import cvxpy
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.bregman.conjugates import Conjugate
from w2sjax.bregman.divergences import (
    BinaryLogistic,
    ItakuraSaito,
    KullbackLeibler,
    Squared,
    mahalanobis,
)
from w2sjax.bregman.generated import generated
from w2sjax.bregman.hulls import project
from w2sjax.projecting.certificate import Status

K, N, C = 5, 6, 3
SOURCE = np.random.default_rng(3)
MEMBERS = SOURCE.dirichlet(np.ones(C), size=(K, N))
WEAK = SOURCE.dirichlet(np.ones(C), size=N)
WEIGHTS = SOURCE.dirichlet(np.ones(N))
MATRIX = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 1.0]])
KL = KullbackLeibler()


def power(u):
    return jnp.sum(u**4 + u**2)


def weighted(terms):
    return cvxpy.sum(cvxpy.multiply(np.repeat(WEIGHTS[:, None], C, 1), terms))


def reverse(v):
    return weighted(cvxpy.kl_div(v, WEAK))


def forward(v):
    return weighted(cvxpy.kl_div(WEAK, v))


def events(v):
    return reverse(v) + weighted(cvxpy.kl_div(1 - v, 1 - WEAK))


def spectra(v):
    return weighted(cvxpy.multiply(1 / WEAK, v) - cvxpy.log(v) + np.log(WEAK) - 1)


def squares(v):
    return weighted(cvxpy.square(v - WEAK)) / 2


def quadratic(v):
    return weighted(cvxpy.square((v - WEAK) @ np.linalg.cholesky(MATRIX))) / 2


CASES = {
    "squared": (Squared(), squares, False),
    "mahalanobis": (mahalanobis(MATRIX), quadratic, False),
    "kl": (KL, reverse, False),
    "kl, weak first": (KL, forward, True),
    "logistic": (BinaryLogistic(), events, False),
    "itakura-saito": (ItakuraSaito(), spectra, False),
}


@pytest.mark.parametrize("name", CASES)
def test_minima_are_cvxpys(name):
    divergence, objective, weak_first = CASES[name]
    found = project(divergence, MEMBERS, WEAK, WEIGHTS, weak_first=weak_first)
    theta = cvxpy.Variable(K, nonneg=True)
    mixed = sum(theta[j] * MEMBERS[j] for j in range(K))
    constraints: Any = [cvxpy.sum(theta) == 1]
    problem = cvxpy.Problem(cvxpy.Minimize(objective(mixed)), constraints)
    least = problem.solve(solver=cvxpy.CLARABEL)
    assert found.divergence == pytest.approx(least, abs=1e-6)
    np.testing.assert_allclose(found.coefficients, np.asarray(theta.value), atol=1e-3)
    assert found.status == Status.CERTIFIED and found.gap < 1e-12
    assert found.coefficients.sum() == pytest.approx(1) and np.all(found.coefficients >= 0)
    np.testing.assert_allclose(found.values, np.tensordot(found.coefficients, MEMBERS, 1))


@pytest.mark.parametrize("name", CASES)
def test_the_gap_covers_a_bad_point(name):
    divergence, _, weak_first = CASES[name]
    best = project(divergence, MEMBERS, WEAK, WEIGHTS, weak_first=weak_first)
    bad = project(divergence, MEMBERS, WEAK, WEIGHTS, weak_first=weak_first, max_steps=0)
    assert bad.steps == 0 and bad.status == Status.LOOSE
    assert best.divergence + 1e-3 < bad.divergence <= best.divergence + bad.gap
    if not weak_first:
        apart = WEIGHTS @ np.asarray(divergence.between(best.values, bad.values))
        assert apart <= bad.gap


def test_the_gap_is_the_largest_pull():
    bad = project(KL, MEMBERS, WEAK, WEIGHTS, max_steps=0)
    turned = WEIGHTS[:, None] * (np.log(WEAK) - np.log(bad.values))
    assert bad.gap == pytest.approx(max(np.sum(turned * (m - bad.values)) for m in MEMBERS))


@pytest.mark.parametrize("divergence", [KL, BinaryLogistic(), ItakuraSaito()])
def test_duals_are_projected_alike(divergence):
    """The dual student minimises D(weak, ·) over mixtures of gradients: none of many is better."""
    x, y = divergence.gradient(MEMBERS), divergence.gradient(WEAK)
    found = project(Conjugate(divergence), x, y, WEIGHTS)
    assert found.status == Status.CERTIFIED and found.steps < 40
    tries = np.random.default_rng(0).dirichlet(np.ones(K) / 2, size=500)
    near = 0.999 * np.asarray(found.coefficients) + 0.001 * tries
    for shares in (tries, near):
        mixed = divergence.conjugate_gradient(jnp.einsum("tk,knc->tnc", shares, x))
        others = divergence.between(np.broadcast_to(WEAK, mixed.shape), mixed) @ WEIGHTS
        assert np.min(others) >= found.divergence - found.gap


def test_a_users_generator_is_projected():
    found = project(generated(power, MEMBERS[0]), MEMBERS, WEAK, WEIGHTS)
    assert found.status == Status.CERTIFIED


def test_batches_are_single_calls():
    weak = np.stack([WEAK, MEMBERS[2], MEMBERS.mean(axis=0)])
    together = jax.jit(jax.vmap(lambda one: project(KL, MEMBERS, one, WEIGHTS)))(weak)
    for i, one in enumerate(weak):
        alone = project(KL, MEMBERS, one, WEIGHTS)
        np.testing.assert_allclose(together.values[i], alone.values, atol=1e-7)
        assert together.status[i] == alone.status == Status.CERTIFIED
    assert together.divergence[1] < 1e-9 and together.divergence[2] < 1e-9


def test_zero_probabilities_have_answers():
    members, weak = MEMBERS.copy(), WEAK.copy()
    members[:, 0] = [1, 0, 0]  # nobody can move here
    weak[1] = [0.5, 0.5, 0]
    members[0, 1] = [0.25, 0.75, 0]
    members[3, 1] = [0.75, 0.25, 0]
    found = project(KL, members, weak, WEIGHTS)
    assert found.status == Status.CERTIFIED and np.isfinite(found.divergence)
    np.testing.assert_array_equal(np.asarray(found.coefficients)[[1, 2, 4]], 0)
    few = project(KL, members[[0, 3]], weak, WEIGHTS)
    assert found.divergence == pytest.approx(float(few.divergence), abs=1e-12)
    weak[2] = [1, 0, 0]
    lost = project(KL, members, weak, WEIGHTS)
    assert lost.status == Status.NONFINITE and lost.gap == np.inf and lost.divergence == np.inf
    unseen = project(KL, members, weak, np.where(np.arange(N) == 2, 0, WEIGHTS))
    assert unseen.status == Status.CERTIFIED


def test_one_predictor_and_equal_ones():
    one = project(KL, MEMBERS[:1], WEAK, WEIGHTS)
    same = project(KL, MEMBERS[[0, 0, 0]], WEAK, WEIGHTS)
    for found in (one, same):
        assert found.status == Status.CERTIFIED
        np.testing.assert_allclose(found.values, MEMBERS[0])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("members", {"members": MEMBERS[0]}),
        ("members", {"members": MEMBERS[:0]}),
        ("members", {"members": -MEMBERS}),
        ("weak", {"weak": WEAK[:2]}),
        ("weak", {"weak": np.full((N, C), np.nan)}),
        ("weights", {"weights": np.zeros(N)}),
        ("weights", {"weights": -WEIGHTS}),
        ("weights", {"weights": WEIGHTS[:2]}),
    ],
)
def test_what_is_wrong_is_named(name, change):
    given = {"members": MEMBERS, "weak": WEAK, "weights": WEIGHTS} | change
    # A TypeError is jaxtyping's, which sees shapes first.
    with pytest.raises((ValueError, TypeError), match=name):
        project(KL, **given)
