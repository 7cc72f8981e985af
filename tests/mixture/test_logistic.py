"""Fits against scikit-learn and a solver in extended precision; radii cover the distance to the optimum."""

import functools
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from w2sjax.mixture.equilibration import equilibrated
from w2sjax.mixture.logistic import FitStatus, fit
from w2sjax.mixture.logistic_certificate import optimality

SIZE, DIMENSION = 30, 5


def problem(seed, scale=1.0, size=SIZE, dimension=DIMENSION):
    random = np.random.default_rng(seed)
    features = scale * random.standard_normal((size, dimension)) + random.standard_normal(dimension)
    targets = (
        features @ random.standard_normal(dimension) + random.standard_normal(size) > 0
    ) * 1.0
    targets[:2] = 0, 1
    return jnp.asarray(features), jnp.asarray(targets)


def reference(features, targets, weights, strength):
    """Damped Newton in extended precision with gradients to 1e-16."""
    extended = functools.partial(np.asarray, dtype=np.longdouble)
    x = extended(np.column_stack([features, np.ones(len(features))]))
    t, m = extended(targets), strength * extended(weights)
    ridge = np.diag([1.0] * (x.shape[1] - 1) + [0.0])
    point = np.zeros(x.shape[1], np.longdouble)

    def loss(p):
        z = x @ p
        return p @ ridge @ p / 2 + np.sum(m * (np.logaddexp(0, z) - t * z))

    for _ in range(200):
        chance = 1 / (1 + np.exp(-(x @ point)))
        slope = ridge @ point + x.T @ (m * (chance - t))
        hessian = ridge + x.T @ (x * (m * chance * (1 - chance))[:, None])
        step = extended(np.linalg.solve(hessian.astype(float), slope.astype(float)))
        length = 1.0
        # Near the end rounding of the loss would stop the search, and Newton's own step is safe.
        while (
            np.abs(step).max() > 1e-6
            and length > 1e-6
            and loss(point - length * step) > loss(point)
        ):
            length /= 2
        point = point - length * step
        if np.abs(length * step).max() < 1e-17:
            break
    return point


@functools.cache
def fitting(**options):
    return jax.jit(functools.partial(fit, **options))


@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(-3, 3), st.booleans())
@settings(deadline=None, max_examples=60)
def test_radii_cover_and_are_small(seed, strength, scale, soft):
    features, targets = problem(seed, 10**scale)
    random = np.random.default_rng(seed)
    weights = jnp.asarray(random.integers(0, 3, SIZE) * 1.0).at[:2].set(1.0)
    if soft:
        targets = jnp.asarray(random.random(SIZE))
    found = fitting(single=False)(features, targets, weights, strength=jnp.asarray(10**strength))
    truth = reference(features, targets, weights, 10**strength)
    error = np.append(np.asarray(found.coefficients), found.intercept) - truth
    distance = float(np.sqrt(np.sum(error**2)))
    assert found.status in (FitStatus.CERTIFIED, FitStatus.LOOSE)
    assert distance <= found.radius
    if abs(scale) <= 1 and abs(strength) <= 2:
        assert found.status == FitStatus.CERTIFIED and found.radius <= 1e-8


@given(st.integers(0, 10**6), st.floats(-6, 0))
@settings(deadline=None, max_examples=60)
def test_radii_cover_wrong_points(seed, size):
    """Near the optimum the bound is finite; everywhere it is a bound."""
    features, targets = problem(seed)
    weights = jnp.ones(SIZE)
    truth = reference(features, targets, weights, 1.0).astype(float)
    move = np.random.default_rng(seed).standard_normal(DIMENSION + 1)
    move *= 10**size / np.linalg.norm(move)
    for tolerance in (np.inf, 0.0):  # by the penalty alone, and by the whole curvature
        found = bound_of(features, targets, weights, jnp.asarray(truth + move), tolerance)
        assert 10**size * (1 - 1e-9) - 1e-14 <= found.radius
        if size < -3:
            assert found.radius <= 300 * 10**size


@jax.jit
def bound_of(features, targets, weights, point, tolerance):
    points = equilibrated(features, weights)
    own = points.own(point[:-1], point[-1])
    return optimality(points, targets, weights, jnp.asarray(1.0), *own, tolerance)


def column(kind, size, random):
    """What people have in tables."""
    normal = random.standard_normal(size)
    return {
        "unit": normal,
        "year": 2000 + np.round(10 * normal),
        "income": 5e4 + 2e4 * normal,
        "tiny": 1e-9 * normal,
        "clock": 1.7e12 + 1e9 * random.random(size),
        "huge": 1e30 * normal,
        "constant": np.full(size, 3.7e5),
        "flag": 1.0 * (normal > 0),
    }[kind]


KINDS = ["unit", "year", "income", "tiny", "clock", "huge", "constant", "flag"]


@given(st.integers(0, 10**6), st.lists(st.sampled_from(KINDS), min_size=3, max_size=3))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_columns_of_any_size_have_radii(seed, kinds):
    """Finite, true, and small against the coefficients; every mix of columns, and a wrong point."""
    random, size = np.random.default_rng(seed), 80
    features = np.stack([column(kind, size, random) for kind in kinds], axis=1)
    score = (features - features.mean(0)) / np.maximum(features.std(0), 1e-12) @ [1.0, -0.5, 0.5]
    targets = 1.0 * (score + random.standard_normal(size) > 0)
    targets[:2] = 0, 1
    arrays = jnp.asarray(features), jnp.asarray(targets), jnp.ones(size)
    found = fitting()(*arrays)
    # The oracle in centred columns, whose intercept is moved back in extended precision.
    centre = features.astype(np.longdouble).mean(0)
    truth = scaled_reference(features, centre, targets, np.ones(size))
    point = np.append(np.asarray(found.coefficients), found.intercept).astype(np.longdouble)
    distance = np.sqrt(np.sum((point - truth) ** 2))
    length = np.sqrt(np.sum(truth**2))
    assert distance <= float(found.radius) <= 1e-5 * (1 + length)
    # A wrong point, moved along the columns as they are scaled: bounds come as near as a factor of 1.001.
    points = equilibrated(arrays[0], arrays[2])
    own = points.own(*map(jnp.asarray, (truth[:-1].astype(float), float(truth[-1]))))
    move = random.standard_normal(4) * 10.0 ** random.uniform(-9, -2)
    wrong = jnp.append(*points.given(own[0] + move[:3], own[1] + move[3]))
    bound = float(bound_of(*arrays, wrong, 0.0).radius)
    assert np.sqrt(np.sum((np.asarray(wrong) - truth) ** 2)) <= bound < np.inf


def scaled_reference(features, centre, targets, weights):
    """Newton's method in extended precision on centred columns of size one."""
    moved = features.astype(np.longdouble) - centre
    scales = 1 / np.maximum(np.abs(moved).max(0), 1)
    x = np.column_stack([moved * scales, np.ones(len(features), np.longdouble)])
    ridge, point = np.diag(np.append(scales**2, 0)), np.zeros(x.shape[1], np.longdouble)
    for _ in range(60):
        chance = 1 / (1 + np.exp(-(x @ point)))
        slope = ridge @ point + x.T @ (weights * (chance - targets))
        hessian = ridge + x.T @ (x * (weights * chance * (1 - chance))[:, None])
        step = np.linalg.solve(hessian.astype(float), slope.astype(float))
        point = point - step / max(1.0, np.abs(step).max())
    coefficients = scales * point[:-1]
    return np.append(coefficients, point[-1] - centre @ coefficients)


def test_lists_and_other_arrays_are_taken():
    features, targets = problem(0)
    expected = fit(features, targets)
    for part in (np.asarray, lambda array: array.tolist()):
        found = fit(part(features), part(targets), part(jnp.ones(SIZE)))
        assert np.array_equal(found.coefficients, expected.coefficients)
    labels = np.asarray(targets).astype(int)
    assert np.array_equal(fit(features, labels).coefficients, expected.coefficients)


def test_incomes_are_certified():
    random = np.random.default_rng(0)
    features = np.stack([column(kind, 1000, random) for kind in ("income", "tiny")], axis=1)
    targets = 1.0 * (features[:, 0] + 1e4 * random.standard_normal(1000) > 5e4)
    assert fit(jnp.asarray(features), jnp.asarray(targets)).status == FitStatus.CERTIFIED


@pytest.mark.parametrize(
    ("size", "dimension", "strength"), [(290, 40, 1.0), (90, 40, 0.01), (290, 20, 1.0)]
)
def test_scikit_learn_agrees(size, dimension, strength):
    """To 1e-6 on coefficients, where its solver is run to convergence."""
    features, targets = problem(3, 2.2, size, dimension)
    found = fit(features, targets, strength=strength)
    model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that its line search found no further descent
        model.fit(np.asarray(features), np.asarray(targets))
    np.testing.assert_allclose(found.coefficients, model.coef_[0], atol=1e-6)
    np.testing.assert_allclose(found.intercept, np.ravel(model.intercept_)[0], atol=1e-6)
    assert found.status == FitStatus.CERTIFIED


def test_masses_are_repetitions_and_padding_does_not_count():
    features, targets = problem(1)
    weights = jnp.asarray(np.random.default_rng(0).integers(0, 3, SIZE) * 1.0).at[:2].set(1.0)
    repeated = np.repeat(np.arange(SIZE), np.asarray(weights).astype(int))
    once = fitting()(features, targets, weights)
    again = fit(features[repeated], targets[repeated])
    np.testing.assert_allclose(once.coefficients, again.coefficients, atol=1e-8)
    padded = fit(
        jnp.concatenate([features, jnp.full((7, DIMENSION), 1e6)]),
        jnp.concatenate([targets, jnp.ones(7)]),
        jnp.concatenate([weights, jnp.zeros(7)]),
    )
    np.testing.assert_allclose(once.coefficients, padded.coefficients, atol=1e-8)
    assert padded.radius <= 1e-8


def test_no_minimum():
    features, _ = problem(0)
    ones, weights = jnp.ones(SIZE), jnp.ones(SIZE)
    for targets, limit in ((ones, np.inf), (0 * ones, -np.inf)):
        found = fitting()(features, targets, weights)
        assert found.status == FitStatus.NO_MINIMUM and found.radius == np.inf
        assert found.intercept == limit and np.all(found.coefficients == 0)
    assert fitting()(features, ones, 0 * weights).intercept == 0
    warm = fit(features, ones, 0 * weights, start=jnp.ones(features.shape[1] + 1))
    assert warm.intercept == 0 and np.all(warm.coefficients == 0)
    # Half a label is enough for a minimum.
    half = fitting()(features, ones.at[0].set(0.5), weights)
    assert half.status == FitStatus.CERTIFIED


def test_far_starts_come_back():
    """Where a gradient proves nothing yet, the steps go on."""
    features, targets = problem(0)
    far = fit(features, targets, start=jnp.full(features.shape[1] + 1, 1e3), max_steps=200)
    assert far.status == FitStatus.CERTIFIED
    near = fitting()(features, targets)
    assert np.max(np.abs(far.coefficients - near.coefficients)) <= 1e-7
    assert fitting()(1e6 * features, targets).gradient <= 1e-3  # the first one is 1e6


def test_separable_points_have_an_optimum():
    features = jnp.asarray([[-1.0], [-2.0], [1.0], [2.0]])
    targets = jnp.asarray([0.0, 0.0, 1.0, 1.0])
    found = fit(features, targets, strength=1e4)
    slope = float(found.coefficients[0])
    residual = slope - 1e4 * 2 * sum(k * (1 - expit(k * slope)) for k in (1, 2))
    assert abs(residual) <= 1e-6 and abs(found.intercept) <= found.radius


def test_bad_values_have_a_status_in_jit():
    features, targets = problem(0)
    found = fitting()(features.at[0, 0].set(jnp.nan), targets)
    assert found.status == FitStatus.NONFINITE and found.radius == np.inf
    few = fitting(max_steps=1)(*problem(0, 5.0))
    assert few.status == FitStatus.LOOSE and few.steps == 1


def test_starts_change_the_way_and_not_the_end():
    features, targets = problem(5)
    cold = fitting()(features, targets)
    start = jnp.append(cold.coefficients, cold.intercept)
    warm = fitting()(features, targets, start=start)
    assert warm.steps <= 1 < cold.steps
    far = fitting()(features, targets, start=100 * start)
    assert np.abs(far.coefficients - cold.coefficients).max() <= 2e-8


def test_batches_are_single_fits_and_single_precision_works():
    features, targets = (jnp.stack(part) for part in zip(*map(problem, range(6)), strict=True))
    batch = jax.jit(jax.vmap(fit))(features, targets)
    for i in range(6):
        one = fitting()(features[i], targets[i])
        np.testing.assert_allclose(batch.coefficients[i], one.coefficients, atol=1e-8)
    half = (features[0].astype(jnp.float32), targets[0].astype(jnp.float32))
    small = fit(*half, strength=jnp.float32(1))
    assert small.coefficients.dtype == jnp.float32
    distance = np.linalg.norm(np.asarray(small.coefficients) - np.asarray(batch.coefficients[0]))
    assert distance <= float(small.radius) <= 1e-2


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("features", (jnp.zeros((0, 2)), jnp.zeros(0))),
        ("features", (jnp.asarray([[jnp.nan], [1.0]]), jnp.asarray([0.0, 1.0]))),
        ("targets", (jnp.ones((2, 1)), jnp.asarray([0.0, 1.5]))),
        ("weights", (jnp.ones((2, 1)), jnp.asarray([0.0, 1.0]), jnp.asarray([1.0, -1.0]))),
    ],
)
def test_bad_input_is_refused(name, arguments):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        fit(*arguments)


def test_bad_strength_is_refused():
    features, targets = problem(0)
    with pytest.raises(ValueError, match="^strength: expected"):
        fit(features, targets, strength=0.0)
    # The tests' own check of shapes comes before the library's.
    with pytest.raises((ValueError, TypeError), match="start"):
        fit(features, targets, start=jnp.zeros(DIMENSION))


@pytest.mark.parametrize(("size", "most"), [(1e-6, 1.001), (0.5, 1.3)])
def test_the_whole_curvature_is_hardly_too_careful(size, most):
    """Three points and one column far from zero, where one direction is all: no factor is to spare."""
    features = jnp.asarray([[1000.0], [1001.0], [1003.0]])
    targets, weights = jnp.asarray([0.0, 1.0, 1.0]), jnp.asarray([1.0, 1.0, 1e-3])
    truth = scaled_reference(*map(np.asarray, (features, features.mean(0), targets, weights)))
    ratios = []
    for angle in np.linspace(0, 2 * np.pi, 60):
        move = size * np.array([np.cos(angle), np.sin(angle)])
        points = equilibrated(features, weights)
        own = points.own(*map(jnp.asarray, (truth[:-1].astype(float), float(truth[-1]))))
        wrong = jnp.append(*points.given(own[0] + move[:1], own[1] + move[1]))
        bound = float(bound_of(features, targets, weights, wrong, 0.0).radius)
        ratios.append(bound / np.sqrt(np.sum((np.asarray(wrong) - truth) ** 2)))
    assert 1 <= min(ratios) <= most
