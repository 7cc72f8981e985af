"""Closed-form accuracies against simulation and scipy; gap recovered."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from w2sjax.auditing.recovered import GapStatus, gap_recovered
from w2sjax.mixture.accuracy import overall, region_accuracies, simulated_accuracies
from w2sjax.mixture.model import overlap_mixture, sample

COVARIANCE = np.array([[2.0, 0.6], [0.6, 1.0]])
COEFFICIENTS = jnp.asarray([0.5, -0.2, 0.7])
SIZE = 40_000


def mixture(**changes):
    means = np.array([1.0, 0.5]), np.array([0.8])
    return overlap_mixture(*means, easy_covariance=COVARIANCE, hard_covariance=0.5, **changes)


@pytest.mark.parametrize("zeroed", [True, False])
@pytest.mark.parametrize("intercept", [0.3, -0.4])
def test_simulation_agrees(zeroed, intercept):
    """Within 5 standard errors in every region, labels not fair."""
    found = mixture(zeroed=zeroed, positive=0.7)
    exact = region_accuracies(found, COEFFICIENTS, jnp.asarray(intercept))
    regions = jnp.repeat(jnp.arange(4), SIZE)
    test = sample(jax.random.key(0), found, regions)
    simulated = simulated_accuracies(
        test, jnp.ones(4 * SIZE, bool), COEFFICIENTS, jnp.asarray(intercept)
    )
    error = np.sqrt(0.25 / SIZE)
    assert np.abs(simulated[1:] - exact).max() < 5 * error
    mean = overall(exact, jnp.ones(4))
    assert abs(float(simulated[0]) - float(mean)) < 5 * error / 2


def test_one_region_by_hand():
    exact = region_accuracies(mixture(), COEFFICIENTS, jnp.asarray(0.0))
    deviation = np.sqrt(COEFFICIENTS[:2] @ COVARIANCE @ COEFFICIENTS[:2])
    assert exact[0] == pytest.approx(norm.cdf(0.4 / deviation), abs=1e-14)
    deviation = np.sqrt(deviation**2 + 0.5 * 0.49)
    assert exact[2] == pytest.approx(norm.cdf((0.4 + 0.56) / deviation), abs=1e-14)


@pytest.mark.parametrize(("intercept", "expected"), [(1.0, 0.7), (0.0, 0.3), (-1.0, 0.3)])
def test_constant_scores(intercept, expected):
    """No pattern and no noise: the label 1 for a positive score, else 0; so do infinite intercepts."""
    found = mixture(positive=0.7)
    exact = region_accuracies(found, COEFFICIENTS, jnp.asarray(intercept))
    assert exact[3] == pytest.approx(expected)
    if intercept:
        limit = region_accuracies(found, 0 * COEFFICIENTS, jnp.asarray(intercept * np.inf))
        np.testing.assert_allclose(limit, expected)
        weak = region_accuracies(found, COEFFICIENTS.at[2].set(0.0), jnp.asarray(intercept))
        assert weak[1] == pytest.approx(expected)


def test_masked_points_do_not_count():
    found = mixture()
    test = sample(jax.random.key(1), found, jnp.asarray([0, 0, 2, 2]))
    used = jnp.asarray([True, False, True, False])
    accuracies = simulated_accuracies(test, used, COEFFICIENTS, jnp.asarray(0.0))
    right = ((test.features @ COEFFICIENTS > 0) == (test.labels == 1)).astype(float)
    assert accuracies[0] == (right[0] + right[2]) / 2
    assert accuracies[1] == right[0] and accuracies[3] == right[2]
    assert np.all(np.isnan(accuracies[jnp.asarray([2, 4])]))


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="coefficients: expected shape"):
        region_accuracies(mixture(), COEFFICIENTS[:2], jnp.asarray(0.0))


def test_gap_recovered():
    weak, student, ceiling = (
        jnp.asarray(part)
        for part in ([0.5, 0.5, 0.6, np.nan], [0.6, 0.7, 0.5, 0.5], [0.7, 0.5, 0.4, 1.0])
    )
    found = gap_recovered(weak, student, ceiling)
    np.testing.assert_allclose(found.value, [0.5, np.nan, 0.5, np.nan], rtol=1e-12)
    undefined, below = GapStatus.UNDEFINED, GapStatus.BELOW
    assert found.status.tolist() == [GapStatus.DEFINED, undefined, below, undefined]
