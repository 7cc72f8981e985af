"""Concentration of the detected density: failures are counted, rates by scipy, assumptions needed."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import kstest, norm

from w2sjax import verify
from w2sjax.arithmetic.measured import judge
from w2sjax.machine.compilation import compile_quickly
from w2sjax.settings.detection.floats import EASY, LARGEST, SMALLEST, draw, prepare, study
from w2sjax.verification.lookup import claim_named

CLAIM = claim_named("detection_concentration")
FAILURE = 0.1

COUNT = 400


def answer(**options):
    (found,) = verify(CLAIM, 1, instances=500, **options)
    return found


def test_the_claim_is_not_refuted():
    found = answer()
    assert found.failure == FAILURE and not found.refuted
    # Hoeffding is loose, the rates are bounds: far fewer fail than may.
    assert found.violated <= 10 and found.holds > 450
    assert found.undecided == found.invalid == 0
    assert all(sum(row.values()) > 50 for row in found.strata.values())


def test_the_twin_is_refuted():
    assert answer(twin=True).refuted


@pytest.mark.parametrize("assumption", CLAIM.droppable)
def test_assumptions_are_needed(assumption):
    assert answer(drop=assumption).refuted


@functools.cache
def instances():
    """Raw instances and their studies, as numpy arrays; sides of the inequality."""
    keys = jax.random.split(jax.random.key(2), COUNT)
    drawn = jax.jit(jax.vmap(lambda key: draw(key, None)))
    raw = compile_quickly(drawn.lower(keys))(keys)

    @jax.jit
    @jax.vmap
    def sides(one):
        found = study(prepare(one, (CLAIM,)), CLAIM)
        names = ("estimate", "false_positives", "misses")
        share, *rates = (found.quantity((name,)).number for name in names)
        return found, share, rates, judge(CLAIM, found.quantity)

    return jax.device_get(raw), jax.device_get(compile_quickly(sides.lower(raw))(raw))


def test_instances_satisfy_the_assumptions():
    raw, _ = instances()
    assert np.all(raw.direction[:, :EASY] == 0) and np.all(raw.threshold > 0)
    assert np.all((raw.size >= SMALLEST) & (raw.size <= LARGEST)) and np.all(raw.size % 1 == 0)
    assert np.all(raw.noise > 0)
    some = (raw.density > 0) & (raw.density < 1)
    shares = raw.overlap.mean(axis=1)
    assert np.all(shares[raw.density == 0] == 0) and np.all(shares[raw.density == 1] == 1)
    # Five standard errors of a mean over all instances.
    error = (np.sum((raw.density * (1 - raw.density))[some]) / LARGEST) ** 0.5
    assert abs(np.sum((shares - raw.density)[some])) <= 5 * error
    blank = raw.zeroed[:, None] & ~raw.overlap
    assert blank.any() and np.all(raw.points[blank][:, EASY:] == 0)


def test_the_hard_noise_along_the_direction_is_normal():
    """Kolmogorov and Smirnov over the points without the pattern; false alarm probability 1e-6."""
    raw, (studies, *_) = instances()
    direction = raw.direction[:, EASY:]
    spread = raw.noise * np.linalg.norm(direction, axis=1)
    signed = np.einsum("bnd,bd->bn", raw.points, raw.direction) / spread[:, None]
    np.testing.assert_allclose(
        studies.scores, np.abs(signed * spread[:, None]), rtol=1e-9, atol=1e-12
    )
    lacking = ~raw.overlap & ~raw.zeroed[:, None]
    assert kstest(signed[lacking], "norm").pvalue > 1e-6
    # Where it is there, the mean is added with the label's sign.
    along = np.abs(np.einsum("bd,bd->b", raw.mean, direction)) / spread
    wide = raw.overlap & (along > 8)[:, None]
    centred = (np.abs(signed) - along[:, None])[wide]
    assert wide.sum() > 1000 and kstest(centred, "norm").pvalue > 1e-6


def test_both_sides_agree_with_scipy():
    raw, (_, share, (false_positives, misses), sides) = instances()
    direction = raw.direction[:, EASY:]
    spread = raw.noise * np.linalg.norm(direction, axis=1)
    along = np.abs(np.einsum("bd,bd->b", raw.mean, direction))
    alpha = np.where(raw.zeroed, 0, 2 * norm.sf(raw.threshold / spread))
    beta = norm.cdf((raw.threshold - along) / spread)
    for found, expected in ((false_positives, alpha), (misses, beta)):
        np.testing.assert_allclose(found.value, expected, rtol=1e-10, atol=1e-14)
        assert np.all(np.abs(found.value - expected) <= found.error)
        assert np.all(found.error <= 1e-12)
    used = np.arange(LARGEST) < raw.size[:, None]
    high = np.abs(np.einsum("bnd,bd->bn", raw.points, raw.direction)) >= raw.threshold[:, None]
    expected = (used & high).sum(axis=1) / raw.size
    np.testing.assert_allclose(share.value, expected)
    np.testing.assert_allclose(sides.lhs, np.abs(expected - raw.density), atol=1e-14)
    bound = np.maximum(alpha, beta) + np.sqrt(np.log(2 / FAILURE) / (2 * raw.size))
    np.testing.assert_allclose(sides.rhs, bound)


def test_the_mean_of_the_estimate_is_between_the_rates():
    """The derivation's core, with the exact miss rate: o(1 - miss) + (1 - o) alpha, by counting."""
    raw, (_, share, (false_positives, _), _) = instances()
    direction = raw.direction[:, EASY:]
    spread = raw.noise * np.linalg.norm(direction, axis=1)
    along = np.abs(np.einsum("bd,bd->b", raw.mean, direction))
    threshold = raw.threshold
    miss = norm.cdf((threshold - along) / spread) - norm.cdf((-threshold - along) / spread)
    mean = raw.density * (1 - miss) + (1 - raw.density) * false_positives.value
    variance = mean * (1 - mean) / raw.size
    deviation = np.sum(share.value - mean) / np.sqrt(np.sum(variance))
    assert abs(deviation) <= 5  # false alarm probability 6e-7


def test_scores_at_the_threshold_count_as_error():
    raw, (studies, share, *_) = instances()
    assert np.all(share.error < 1e-12)
    instance = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), raw)
    one = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), studies)
    moved = dataclasses.replace(instance, threshold=one.scores[0] + one.error[0] / 2)
    found = dataclasses.replace(one, instance=moved).quantity(("estimate",))
    assert found.number.error >= 1 / float(instance.size)
