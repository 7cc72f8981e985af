"""The claim on monotone gain: not refuted, its twin and its dropped assumption are, accuracies are right."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.linear_model import LogisticRegression

from w2sjax import verify
from w2sjax.arithmetic.measured import judge
from w2sjax.mixture.accuracy import overall, region_accuracies
from w2sjax.mixture.model import OverlapMixture
from w2sjax.settings.mixture.floats import DIMENSION, GRID, REPETITIONS, draw, prepare, study
from w2sjax.verification.lookup import claim_named

CLAIM = claim_named("monotone_gain")
COUNT, FAILURE = 500, 0.1


@functools.cache
def answer(drop=None, twin=False):
    (found,) = verify(CLAIM, 1, instances=COUNT, drop=drop, twin=twin)
    return found


def test_it_is_not_refuted():
    found = answer()
    assert found.set == "none" and not found.refuted
    assert found.undecided == found.invalid == 0 and found.violated <= FAILURE * COUNT


def test_its_twin_is_refuted():
    assert answer(twin=True).refuted


def test_the_assumption_is_needed():
    assert answer("better than chance").refuted


def test_students_are_scikit_learns():
    """Accuracies of one instance's students, to 1e-3: they are not run to convergence."""
    raw = jax.jit(draw)(jax.random.key(3))
    trained = jax.jit(prepare)(raw)
    one = jnp.ones(())
    mixture = OverlapMixture(raw.means[0], raw.means[1], one, one, raw.shares, one / 2)
    assert trained.accuracies.shape == (REPETITIONS, len(GRID))
    accuracy = jax.jit(lambda w, b: overall(region_accuracies(mixture, w, b), raw.shares))
    compared = 0
    for repetition in range(REPETITIONS):
        signs, noise = (np.asarray(part[repetition]) for part in (raw.signs, raw.noise))
        points = signs[:, None] * np.ravel(raw.means) + noise
        labels = points[:, :DIMENSION] @ np.asarray(raw.direction) > 0
        for place, size in enumerate(GRID):
            if np.unique(labels[:size]).size < 2:
                assert abs(trained.accuracies[repetition, place] - 0.5) < 1e-12
                continue
            model = LogisticRegression(C=float(raw.strength), tol=1e-10, max_iter=10_000)
            model.fit(points[:size], labels[:size])
            expected = accuracy(model.coef_[0], np.ravel(model.intercept_)[0])
            assert abs(trained.accuracies[repetition, place] - expected) < 1e-3
            compared += 1
    assert compared > REPETITIONS
    sides = judge(CLAIM, study(trained, CLAIM).quantity)
    means = np.asarray(trained.accuracies).mean(axis=0)
    falls = [means[i] - means[j] for i in range(len(GRID)) for j in range(i, len(GRID))]
    assert abs(float(sides.lhs) - max(falls)) < 1e-12
    radius = np.sqrt(2 * np.log(3 / FAILURE) / REPETITIONS)  # for three pairs
    assert abs(float(sides.rhs) - radius) < 1e-12
