"""Claims with probability: failures are counted, twins fail too often, the sample is a sample."""

import dataclasses
import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import binomtest, chisquare

from w2sjax import REGISTRY, Verdict, hypothesis_class, project, verify
from w2sjax.projecting.sets import L2Ball
from w2sjax.settings.sampling import FAILURE, SAMPLING
from w2sjax.settings.sampling.drawing import LARGEST, draw, sample
from w2sjax.settings.sampling.floats import prepare
from w2sjax.verification.tally import failure_interval

pytestmark = pytest.mark.xdist_group("claims on samples")  # their programs are compiled once
CLAIMS = tuple(claim for claim in REGISTRY if claim.setting is SAMPLING)
COUNT = 500
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)


@functools.cache
def answers(what, drop=None):
    """Verifications by claim; `what` is "true" or "twin"."""
    names = [claim.name for claim in CLAIMS]
    found = verify(names, 1, sets=["l2_ball"], instances=COUNT, drop=drop, twin=what == "twin")
    return {verification.claim: verification for verification in found}


@each_claim
def test_true_claims_are_not_refuted(claim):
    found = answers("true")[claim.name]
    assert found.failure == float(FAILURE) and not found.refuted
    assert found.undecided == found.invalid == 0
    assert found.violated <= FAILURE * COUNT
    expected = binomtest(found.violated, COUNT).proportion_ci(0.99, method="exact")
    assert found.failure_interval == (expected.low, expected.high)


@each_claim
def test_twins_are_refuted(claim):
    found = answers("twin")[claim.name]
    assert found.refuted
    assert found.failure_interval is not None and found.failure_interval[0] > FAILURE


@pytest.mark.parametrize(
    ("claim", "assumption"), [(claim, name) for claim in CLAIMS for name in claim.droppable]
)
def test_assumptions_are_needed(claim, assumption):
    assert answers("true", assumption)[claim.name].refuted


@functools.cache
def instances(count=40):
    """Raw instances and their studies."""
    keys = jax.random.split(jax.random.key(3), count)
    raw = jax.jit(jax.vmap(lambda key: draw(key, L2Ball)))(keys)
    return raw, jax.jit(jax.vmap(lambda one: prepare(one, CLAIMS)))(raw)


def test_instances_satisfy_the_assumptions():
    raw, _ = instances()
    bound = np.asarray(raw.bound)
    lengths = np.linalg.norm(raw.hypothesis.features, axis=2).max(axis=1)
    assert np.all(lengths * raw.hypothesis.set.radius <= bound)
    assert np.all(np.abs(raw.weak).max(axis=1) <= bound)
    assert np.all(np.abs(raw.target).max(axis=1) <= bound)
    assert np.all(np.sum(raw.counts, axis=1) == raw.size)
    assert np.all(raw.counts >= 0) and np.all(np.asarray(raw.counts) % 1 == 0)


def test_counts_are_multinomial():
    """Chi-squared over 200 samples of 500; false alarm probability 1e-6."""
    weights = jnp.asarray([0.5, 0.3, 0.15, 0.05])
    keys = jax.random.split(jax.random.key(0), 200)
    counts = jax.vmap(lambda key: sample(key, weights, jnp.asarray(500.0), LARGEST))(keys)
    assert np.all(counts.sum(axis=1) == 500)
    assert chisquare(np.sum(counts, axis=0), 200 * 500 * np.asarray(weights)).pvalue > 1e-6
    # The variance of a binomial count, within five standard errors of an estimated variance.
    variance = 500 * weights * (1 - weights)
    assert np.all(np.abs(np.var(counts, axis=0) / variance - 1) <= 5 * np.sqrt(2 / 199))


def misfits(study, heads):
    """Population and sample misfit of heads by numpy."""
    raw = study.instance
    values = heads @ np.asarray(raw.hypothesis.features).T
    squares = (values - np.asarray(raw.weak)) ** 2
    return squares @ np.asarray(raw.hypothesis.weights), squares @ np.asarray(raw.counts / raw.size)


def test_the_supremum_is_above_every_head_and_reached():
    """A fine grid of the disc of heads: never above the bracket, and nearly as high."""
    _, studies = instances()
    angles, radii = np.meshgrid(np.linspace(0, 2 * np.pi, 721), np.linspace(0, 1, 101))
    disc = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=-1).reshape(-1, 2)
    for index in range(12):
        study = jax.tree.map(lambda leaf, i=index: leaf[i], studies)
        found = study.quantity(("deviation",)).number
        population, empirical = misfits(study, float(study.instance.hypothesis.set.radius) * disc)
        largest = np.abs(population - empirical).max()
        assert largest <= float(found.upper())
        assert largest >= (1 - 1e-3) * float(found.value - found.error)
        assert found.error <= 1e-9 * study.instance.bound**2


def test_the_gap_is_the_best_direction_in_the_disc():
    _, studies = instances()
    angles = np.linspace(0, 2 * np.pi, 20_001)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for index in range(12):
        study = jax.tree.map(lambda leaf, i=index: leaf[i], studies)
        raw, student = study.instance, np.asarray(study.student.values)
        members = float(raw.hypothesis.set.radius) * circle @ np.asarray(raw.hypothesis.features).T
        pairings = (members - student) @ (raw.hypothesis.weights * (raw.weak - student))
        found = study.quantity(("gap", "student")).number
        scale = float(raw.bound) ** 2
        assert pairings.max() <= float(found.upper()) + 1e-12 * scale
        assert pairings.max() >= float(found.value) - 1e-6 * scale


def test_distances_are_those_of_the_functions():
    """By numpy; the projection of the target is the best of many members, and the error says how good."""
    _, studies = instances()
    angles, radii = np.meshgrid(np.linspace(0, 2 * np.pi, 721), np.linspace(0, 1, 101))
    disc = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=-1).reshape(-1, 2)
    for index in range(8):
        study = jax.tree.map(lambda leaf, i=index: leaf[i], studies)
        raw = study.instance
        weights, features = (np.asarray(a) for a in (raw.hypothesis.weights, raw.features))
        values = {"weak": raw.weak, "target": raw.target, "student": study.student.values,
                  "best": study.best.values}  # fmt: skip
        for first, second in itertools.product(values, repeat=2):
            found = study.quantity(("d", first, second)).number
            expected = weights @ (np.asarray(values[first]) - np.asarray(values[second])) ** 2
            np.testing.assert_allclose(found.value, expected, rtol=1e-12, atol=1e-300)
        epsilon = study.quantity(("d", "best", "target")).number
        members = float(raw.radius) * disc @ features.T
        least = ((members - np.asarray(raw.target)) ** 2 @ weights).min()
        assert epsilon.value - epsilon.error <= least
        assert epsilon.error <= 1e-6 * float(raw.bound) ** 2


def test_the_student_is_fitted_on_the_sample():
    raw, studies = instances()
    one = jax.tree.map(lambda leaf: leaf[0], raw)
    repeated = np.repeat(np.arange(64), np.asarray(one.counts).astype(int))
    features = np.asarray(one.hypothesis.features)[repeated]
    again = project(
        hypothesis_class(one.hypothesis.set, jnp.asarray(features)), one.weak[jnp.asarray(repeated)]
    )
    np.testing.assert_allclose(studies.student.coefficients[0], again.coefficients, rtol=1e-8)
    left = jax.vmap(lambda study: study.quantity(("gap_n", "student")).number.error)(studies)
    assert np.all(left <= 1e-9 * np.asarray(raw.bound) ** 2)


def test_failure_intervals():
    assert failure_interval(3, 10, None) is None
    low, high = failure_interval(0, 1000, 0.1) or (1, 1)
    assert low == 0 and high == pytest.approx(1 - 0.005 ** (1 / 1000))
    found = dataclasses.replace(
        answers("true")["sampled_gap"], violated=60, failure_interval=failure_interval(60, 500, 0.1)
    )
    assert not found.refuted  # 12 % of 500 do not refute 10 %
    found = dataclasses.replace(found, failure_interval=failure_interval(90, 500, 0.1))
    assert found.refuted
    assert Verdict.VIOLATED > Verdict.INVALID
