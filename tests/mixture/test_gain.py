"""The three models against scikit-learn, designs, and tests of trends against oracles."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import LogisticRegression

from w2sjax.mixture.gain import Design, Protocol, design, gain_curve, train
from w2sjax.mixture.model import Sample, published, sample
from w2sjax.mixture.monotone import largest_fall, trend

COUNTS = np.array([[20, 20, 8, 0], [20, 20, 16, 0], [18, 18, 20, 0]])
values = hnp.arrays(np.float64, 7, elements=st.floats(-10, 10, allow_subnormal=False))


@functools.cache
def data() -> tuple[Design, Sample, Sample]:
    plan = design(COUNTS)
    keys = jax.random.split(jax.random.key(0), 3)
    mixture = published(keys[0], dimension=4, variance=1.0)
    first, second = (sample(key, mixture, plan.regions) for key in keys[1:])
    return plan, first, second


def converged(strength):
    return LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-10, max_iter=500)


@pytest.mark.parametrize("points", ["overlap", "all"])
def test_the_models_are_scikit_learns(points):
    plan, first, second = data()
    protocol = Protocol(points=points, student_strength=0.1)
    models = jax.jit(lambda a, b: train(a, b, plan, 4, protocol))(first, second)
    for i, chosen in enumerate(np.asarray(plan.used)):
        x, y = np.asarray(first.features)[chosen], np.asarray(first.labels)[chosen]
        weak, oracle = converged(1.0).fit(x[:, :4], y), converged(1.0).fit(x, y)
        other = np.asarray(second.features)[chosen]
        if points == "overlap":
            other = other[np.asarray(plan.regions)[chosen] == 2]
        student = converged(0.1).fit(other, weak.predict(other[:, :4]))
        for fit, model in ((models.weak, weak), (models.oracle, oracle), (models.student, student)):
            np.testing.assert_allclose(fit.coefficients[i], model.coef_[0], atol=1e-6)
            assert fit.radius[i] <= 1e-6


def test_soft_labels_are_probabilities():
    """The student's stationarity with the weak model's probabilities, by numpy."""
    plan, first, second = data()
    models = train(first, second, plan, 4, Protocol(labels="soft", student_strength=0.1))
    x = np.asarray(second.features)[np.asarray(plan.used[1]) & (np.asarray(plan.regions) == 2)]

    def chance(fit, features):
        scores = features @ np.asarray(fit.coefficients[1]) + float(fit.intercept[1])
        return 1 / (1 + np.exp(-scores))

    pull = chance(models.student, x) - chance(models.weak, x[:, :4])
    slope = np.asarray(models.student.coefficients[1]) + 0.1 * x.T @ pull
    assert np.abs(slope).max() <= 1e-6 and abs(pull.sum()) <= 1e-5


def test_designs():
    plan = design(COUNTS)
    for used, counts in zip(np.asarray(plan.used), COUNTS, strict=True):
        np.testing.assert_array_equal(np.bincount(plan.regions[used], minlength=4), counts)
    assert plan.overlap == (40, 60)
    for wrong in (np.zeros((1, 4), int), -COUNTS):
        with pytest.raises(ValueError, match="counts: expected"):
            design(wrong)
    with pytest.raises(ValueError, match="points: expected one of"):
        Protocol(points="hard")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="plan: expected overlap points"):
        _, first, second = data()
        train(first, second, design(np.array([[5, 5, 0, 0]])), 4)


def test_one_program_serves_all_designs_and_simulation_agrees():
    """Means over 60 runs of test sets and of the closed form, within 5 standard errors."""
    traces = []

    @jax.jit
    def curves(keys, plan):
        traces.append(1)
        return jax.vmap(lambda key: _curve(key, plan))(keys)

    keys = jax.random.split(jax.random.key(1), 60)
    found = curves(keys, design(COUNTS))
    curves(keys, design(np.array([[20, 20, 20, 0], [1, 1, 1, 0], [5, 5, 5, 0]])))
    assert len(traces) == 1
    difference = found.simulated[..., :4] - found.exact[..., :4]
    error = np.std(difference, axis=0, ddof=1) / 60**0.5
    assert np.all(np.abs(np.mean(difference, axis=0)) <= 5 * error + 1e-12)
    # The weak model knows nothing of hard-only points.
    np.testing.assert_allclose(found.exact[:, :, 0, 2], 0.5)


def _curve(key, plan):
    own, points = jax.random.split(key)
    return gain_curve(points, published(own, dimension=4, variance=1.0), plan)


@given(values)
@settings(deadline=None, max_examples=100)
def test_largest_fall(given_values):
    pairs = [max(given_values[: i + 1]) - v for i, v in enumerate(given_values)]
    assert float(largest_fall(jnp.asarray(given_values))) == max(pairs)


def test_trends_are_found_and_not_invented():
    noise = np.random.default_rng(0).standard_normal((300, 40, 6))
    run = jax.jit(jax.vmap(functools.partial(trend, permutations=99), in_axes=(None, 0)))
    flat = run(jax.random.key(0), jnp.asarray(noise))
    # Under "no trend" p-values are uniform on multiples of 1/100: 5 standard errors at 0.1.
    assert abs(np.mean(np.asarray(flat.rising) <= 0.1) - 0.1) <= 5 * (0.09 / 300) ** 0.5
    assert np.mean(np.asarray(flat.falling) <= 0.1) <= 0.1 + 5 * (0.09 / 300) ** 0.5
    up = run(jax.random.key(0), jnp.asarray(noise + np.arange(6)))
    assert np.all(up.rising == 0.01) and np.all(up.falling > 0.5) and np.all(up.residual < 1e-12)
    down = run(jax.random.key(0), jnp.asarray(noise - np.arange(6)))
    assert np.all(down.falling < 1e-3) and np.all(down.fall > 3)
    assert np.mean(np.asarray(down.rising) >= 0.5) > 0.9


def test_bad_input_is_refused():
    key = jax.random.key(0)
    with pytest.raises(ValueError, match="values: expected 2 rows"):
        trend(key, jnp.zeros((1, 5)))
    with pytest.raises(ValueError, match="permutations: expected"):
        trend(key, jnp.zeros((3, 5)), 0)
