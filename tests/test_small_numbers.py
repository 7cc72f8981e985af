"""Numbers near the smallest normal one: what is flushed to zero in a product is not proved to be zero."""

import exact
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax import Status, certify, hypothesis_class, project
from w2sjax.projecting.sets import Monotone, Orthant, Subspace

LARGE = jnp.asarray(np.geomspace(1, 1e-8, 6)[:, None])
# Features, target, and masses unless they are one; the class is not what flushed products make of it.
CASES = {
    "equal but for one entry": ([[8.0, 8.0], [2.3e-308, 0.0]], [0.0, 1.0]),
    "nearly equal": ([[1e5, 1e5], [1e-305, 1.000001e-305]], [0.0, 1.0]),
    "a column of subnormal numbers": ([[1e-310], [2e-310]], [0.0, 1.0]),
    "equal but for a subnormal number": ([[2.0, 2.0], [1e-310, 0.0]], [0.0, 1.0]),
    "a small column": ([[1e-307], [2e-307]], [1.0, 2.5], [1.0, 99.0]),
    "a column of many scales": (np.geomspace(1e-300, 1e-308, 6)[:, None], 1e3 * np.arange(6.0)),
    "single": (np.array([[1e5, 1e5], [1e-34, 0]], np.float32), np.array([0, 1], np.float32)),
    "a small single column": (
        np.float32(np.geomspace(1e-33, 1e-39, 6)[:, None]),
        np.arange(6, dtype=np.float32),
    ),
}


def distance(features, target, values, masses=None):
    """The squared distance of values from the projection, by Cramer's rule in one or two coefficients."""
    columns, label = exact.fractions(np.asarray(features).T), exact.fractions(target)
    shares = exact.fractions(np.ones(len(label)) if masses is None else masses)

    def inner(left, right):
        return sum(w * a * b for w, a, b in zip(shares, left, right, strict=True)) / sum(shares)

    moment = [inner(column, label) for column in columns]
    if len(columns) == 1:
        theta = [moment[0] / inner(columns[0], columns[0])]
    else:
        (a, b), (_, c) = [[inner(one, other) for other in columns] for one in columns]
        theta = [(c * moment[0] - b * moment[1]) / (a * c - b * b)]
        theta += [(a * moment[1] - b * moment[0]) / (a * c - b * b)]
    rows = zip(*columns, strict=True)
    fit = [sum(a * b for a, b in zip(theta, row, strict=True)) for row in rows]
    apart = [one - other for one, other in zip(exact.fractions(values), fit, strict=True)]
    return inner(apart, apart)


@pytest.mark.parametrize("method", ["qr", "gram"])
@pytest.mark.parametrize("case", CASES)
def test_no_gap_is_below_the_distance(case, method):
    features, target, *masses = (np.asarray(part) for part in CASES[case])
    given = jnp.asarray(masses[0]) if masses else None
    hypothesis = hypothesis_class(Subspace(), jnp.asarray(features), given, method=method)
    found = project(hypothesis, jnp.asarray(target))
    if np.isfinite(found.radius) or not np.isfinite(found.gap):
        assert found.status != Status.CERTIFIED
        return
    assert distance(features, target, found.values, *masses) <= exact.fractions(found.gap)


def test_products_of_a_gram_matrix_that_are_flushed():
    """Columns whose squares are near the smallest numbers stay unresolved, whatever was flushed."""

    @jax.jit
    def projected(features, target):
        return project(hypothesis_class(Subspace(), features, method="gram"), target)

    for seed in range(12):
        for unit in (3e-154, 5e-154, 8e-154):
            features = np.random.default_rng(seed).normal(size=(12, 2)) * unit
            found = projected(jnp.asarray(features), jnp.arange(12.0))
            assert np.isfinite(found.radius) and found.status == Status.LOOSE


def test_many_small_products():
    """Each square is below the smallest number, and their sum is not."""
    size = 100_000
    features = jnp.tile(jnp.asarray([1.0, -1.0], jnp.float32), size // 2)[:, None]
    values = 3e-17 * jnp.tile(jnp.asarray([1.0, 1.0, -1.0, -1.0], jnp.float32), size // 4)
    zeros = jnp.zeros(size, jnp.float32)
    hypothesis = hypothesis_class(Subspace(), features)
    found = certify(hypothesis, zeros, jnp.zeros(1, jnp.float32), values=values)
    assert found.gap >= 9e-34


def test_weights_that_would_be_lost_are_refused():
    with pytest.raises(ValueError, match=r"weights\[1\]: 1e-120 is lost beside 1e\+200"):
        hypothesis_class(Subspace(), jnp.asarray([[1.0], [1e200]]), jnp.asarray([1e200, 1e-120]))


@pytest.mark.parametrize("huge", [1e300, np.nan])
def test_values_without_weight_move_no_isotonic_fit(huge):
    hypothesis = hypothesis_class(Monotone(), weights=jnp.asarray([1.0, 1.0, 0.0, 1.0]))
    for compile in (project, jax.jit(project)):
        found = compile(hypothesis, jnp.asarray([0.0, 2.0, huge, 1.0]))
        assert found.status == Status.CERTIFIED
        np.testing.assert_allclose(found.values[jnp.asarray([0, 1, 3])], [0, 1.5, 1.5])


def test_what_a_point_cannot_have_is_refused():
    values = hypothesis_class(Monotone(), weights=jnp.ones(3))
    with pytest.raises(ValueError, match="values: a point of a set of values is given by"):
        certify(values, jnp.ones(3), jnp.ones(3), values=jnp.ones(3))
    with pytest.raises(ValueError, match="intercept: got 5.0, but the class has none"):
        certify(hypothesis_class(Orthant(), LARGE), jnp.ones(6), jnp.ones(1), jnp.asarray(5.0))
