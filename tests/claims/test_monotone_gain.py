"""The claim on monotone gain: not refuted, its twin and its dropped hypothesis are, accuracies are right."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.linear_model import LogisticRegression

from w2sjax import verify
from w2sjax.claims.overlap.gain_instance import DIMENSION, GRID, REPETITIONS
from w2sjax.claims.overlap.monotone_gain import CLAIM, FAILURE
from w2sjax.mixture.accuracy import overall, region_accuracies
from w2sjax.mixture.model import OverlapMixture

COUNT = 500


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


def test_the_hypothesis_is_needed():
    assert answer("better than chance").refuted


def test_students_are_scikit_learns():
    """Accuracies of one instance's students, to 1e-3: they are not run to convergence."""
    raw = jax.jit(CLAIM.domain.draw)(jax.random.key(3), None)
    study = jax.jit(CLAIM.domain.prepare)(raw)
    one = jnp.ones(())
    mixture = OverlapMixture(raw.means[0], raw.means[1], one, one, raw.shares, one / 2)
    assert study.accuracies.shape == (REPETITIONS, len(GRID))
    judge = jax.jit(lambda w, b: overall(region_accuracies(mixture, w, b), raw.shares))
    compared = 0
    for repetition in range(REPETITIONS):
        signs, noise = (np.asarray(part[repetition]) for part in (raw.signs, raw.noise))
        points = signs[:, None] * np.ravel(raw.means) + noise
        labels = points[:, :DIMENSION] @ np.asarray(raw.direction) > 0
        for place, size in enumerate(GRID):
            if np.unique(labels[:size]).size < 2:
                assert abs(study.accuracies[repetition, place] - 0.5) < 1e-12
                continue
            model = LogisticRegression(C=float(raw.strength), tol=1e-10, max_iter=10_000)
            model.fit(points[:size], labels[:size])
            expected = judge(model.coef_[0], np.ravel(model.intercept_)[0])
            assert abs(study.accuracies[repetition, place] - expected) < 1e-3
            compared += 1
    assert compared > REPETITIONS
