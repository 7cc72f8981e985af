"""The mixture's moments region by region, layouts, shares, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from w2sjax.mixture.model import (
    REGIONS,
    draw_regions,
    layout,
    overlap_mixture,
    published,
    sample,
)

EASY = np.array([1.0, -0.5, 0.2])
HARD = np.array([0.3, 0.8])
COVARIANCE = np.array([[2.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 0.5]])


def mixture(**changes):
    given_ = {"easy_covariance": COVARIANCE, "hard_covariance": 0.7, "positive": 0.3}
    return overlap_mixture(EASY, HARD, **(given_ | changes))


@pytest.mark.parametrize("zeroed", [True, False])
@pytest.mark.parametrize("region", range(4))
def test_moments(region, zeroed):
    """Means and covariances of 20,000 points, within 6 standard errors."""
    size = 20_000
    found = sample(jax.random.key(region), mixture(zeroed=zeroed), jnp.full(size, region))
    features, sign = np.asarray(found.features), 2 * np.asarray(found.labels) - 1
    assert abs((sign > 0).mean() - 0.3) < 6 * (0.21 / size) ** 0.5
    present = np.repeat([region in (0, 2), region in (1, 2)], [3, 2])
    mean = np.concatenate([EASY, HARD]) * present
    covariance = np.zeros((5, 5))
    covariance[:3, :3], covariance[3:, 3:] = COVARIANCE, 0.7 * np.eye(2)
    if zeroed:
        covariance *= np.outer(present, present)
        assert np.all(features[:, ~present] == 0)
    aligned = sign[:, None] * features
    assert np.abs(aligned.mean(axis=0) - mean).max() < 6 * (2 / size) ** 0.5
    assert np.abs(np.cov(aligned.T) - covariance).max() < 6 * 2 * (2 / size) ** 0.5


def test_more_points_change_no_earlier_ones():
    regions = layout(jnp.array([3, 4, 5, 0]), 16)
    long = sample(jax.random.key(0), mixture(), regions)
    short = sample(jax.random.key(0), mixture(), regions[:9])
    # Vector units may round the single-precision noise of the last points differently.
    np.testing.assert_allclose(long.features[:9], short.features, atol=1e-5)
    np.testing.assert_array_equal(long.labels[:9], short.labels)


@given(st.lists(st.integers(0, 5), min_size=4, max_size=4))
@settings(deadline=None, max_examples=50)
def test_layouts_have_their_counts(counts):
    found = layout(jnp.asarray(counts), 20)
    expected = np.repeat(np.arange(4), counts)
    np.testing.assert_array_equal(found[: sum(counts)], expected)
    assert found.shape == (20,)


def test_one_program_serves_all_counts():
    traces = []

    @jax.jit
    def overlapping(counts):
        traces.append(1)
        return (layout(counts, 290) == 2).sum()

    for overlap in (10, 50, 90):
        assert overlapping(jnp.array([100, 100, overlap, 90 - overlap])) == overlap
    assert len(traces) == 1


def test_regions_follow_the_shares():
    """Chi-squared of 5,000 points; false alarm probability 1e-6."""
    shares = np.array([0.5, 0.2, 0.3, 0.0])
    found = draw_regions(jax.random.key(0), mixture(shares=shares), 5000)
    counts = np.bincount(found, minlength=4)
    assert counts[3] == 0
    assert chisquare(counts[:3], 5000 * shares[:3]).pvalue > 1e-6


def test_the_published_setting():
    found = published(jax.random.key(0), 50.0)
    assert found.dimensions == (20, 20) and len(REGIONS) == 4
    means = np.concatenate([found.easy_mean, found.hard_mean])
    assert np.all((means >= 0) & (means <= 1)) and means.std() > 0.2
    assert float(found.easy_noise) ** 2 == pytest.approx(5)
    np.testing.assert_allclose(found.shares, [0.4, 0.4, 0.2, 0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shares", (0.5, 0.5, 0.5, 0.0)),
        ("shares", (1.0, 0.0)),
        ("positive", 1.5),
        ("positive", float("nan")),
        ("easy_covariance", np.ones((2, 2))),
        ("easy_covariance", -np.eye(3)),
        ("easy_covariance", np.triu(np.ones((3, 3)))),
        ("hard_covariance", -1.0),
    ],
)
def test_bad_mixtures_are_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        mixture(**{name: value})


def test_other_bad_input_is_refused():
    with pytest.raises(ValueError, match="easy_mean: expected a vector"):
        overlap_mixture(np.ones((2, 2)), HARD)
    with pytest.raises(ValueError, match="hard_mean: expected finite"):
        overlap_mixture(EASY, np.array([np.inf]))
    with pytest.raises(ValueError, match="counts: expected at least 0 and at most 5"):
        layout(jnp.array([3, 3, 0, 0]), 5)
    with pytest.raises(ValueError, match="regions: expected indices"):
        sample(jax.random.key(0), mixture(), jnp.array([0, 4]))
    with pytest.raises(ValueError, match="n: expected at least 1"):
        draw_regions(jax.random.key(0), mixture(), 0)
