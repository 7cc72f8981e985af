"""Bootstrap intervals: by hand, the same for every chunk size, and a function of the key."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.auditing.audit import audit as audited
from w2sjax.auditing.bootstrap import DOUBT, NAMES, percentile_interval, resampled
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.quantities import Student
from w2sjax.projecting.hypothesis import hypothesis_class
from w2sjax.projecting.projection import MAX_STEPS
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.sets import Affine, L2Ball, Monotone

audit: Any = audited  # a number of a report may be None; here it is not
ROWS, WIDTH, MODELS, COUNT = 30, 3, 2, 7
SETTINGS: dict[str, Any] = {
    "count": COUNT,
    "key": jax.random.key(5),
    "tolerance": 1e-8,
    "max_steps": MAX_STEPS,
}


def problem():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(ROWS, WIDTH))
    target = features @ np.ones(WIDTH) + 0.3 * generator.normal(size=ROWS)
    return features, target + generator.normal(size=(MODELS, ROWS)), target


def counts(index):
    points = jax.random.randint(jax.random.fold_in(SETTINGS["key"], index), (ROWS,), 0, ROWS)
    return np.bincount(np.asarray(points), minlength=ROWS)


def by_hand(design, weak, target, weights, student=None):
    def distance(left, right):
        return np.average((left - right) ** 2, weights=weights)

    def fit(y):
        root = np.sqrt(weights)
        return design @ np.linalg.lstsq(design * root[:, None], y * root)[0]

    student = fit(weak) if student is None else student
    weak_error, student_error = distance(weak, target), distance(student, target)
    return {
        "misfit": distance(weak, student),
        "weak_error": weak_error,
        "student_error": student_error,
        "gain": weak_error - student_error,
        "epsilon": distance(fit(target), target),
    }


@pytest.mark.parametrize("deficient", [False, True])
def test_every_resample_is_weighted_least_squares(deficient):
    features, weak, target = problem()
    mass = np.linspace(1, 2, ROWS)
    used = np.column_stack([features, features[:, :1]]) if deficient else features
    hypothesis = hypothesis_class(Affine(), jnp.asarray(used), jnp.asarray(mass))
    samples = resampled(hypothesis, weak, Student(), target, **SETTINGS)
    design = np.column_stack([features, np.ones(ROWS)])
    for b in range(COUNT):
        for j in range(MODELS):
            expected = by_hand(design, weak[j], target, mass * counts(b))
            for name, value in expected.items():
                np.testing.assert_allclose(samples[name][b, j], value, rtol=1e-7, err_msg=name)
            assert samples["guaranteed_gain"][b, j] <= samples["gain"][b, j]
            bound = expected["misfit"] - 2 * np.sqrt(expected["misfit"] * expected["epsilon"])
            np.testing.assert_allclose(samples["guaranteed_gain"][b, j], bound, atol=1e-5)


def test_fitted_students_are_kept():
    features, weak, target = problem()
    hypothesis = hypothesis_class(Affine(), jnp.asarray(features))
    theta, intercept = np.ones((MODELS, WIDTH)), np.array([0.5, -0.5])
    students = Student(coefficients=theta, intercept=intercept)
    samples = resampled(hypothesis, weak, students, target, **SETTINGS)
    design = np.column_stack([features, np.ones(ROWS)])
    for j in range(MODELS):
        student = features @ theta[j] + intercept[j]
        expected = by_hand(design, weak[j], target, counts(0), student)
        for name, value in expected.items():
            np.testing.assert_allclose(samples[name][0, j], value, rtol=1e-7, err_msg=name)


@pytest.mark.parametrize(
    "convex_set", [Affine(), L2Ball(jnp.ones(())), Monotone()], ids=lambda s: s.name
)
def test_chunks_change_nothing(convex_set):
    features, weak, target = problem()
    given = None if convex_set.space == "values" else jnp.asarray(features)
    hypothesis = hypothesis_class(convex_set, given, jnp.ones(ROWS))
    done = []
    runs = [
        resampled(
            hypothesis,
            weak,
            Student(),
            target,
            chunk=chunk,
            progress=lambda label, part, total: done.append((label, part, total)),
            **SETTINGS,
        )
        for chunk in (COUNT, 3)
    ]
    for name in NAMES:
        assert runs[0][name].shape == (COUNT, MODELS)
        np.testing.assert_allclose(runs[0][name], runs[1][name], rtol=1e-7, atol=1e-9)
    parts = [("bootstrap", part, COUNT) for part in (COUNT, 3, 6, COUNT)]
    assert done == parts


def test_the_same_key_gives_the_same_audit():
    features, weak, target = problem()
    data = audit_data(features, weak, target=target)
    first, again, other = (audit(data, bootstrap=COUNT, key=jax.random.key(k)) for k in (1, 1, 2))
    assert first == again
    assert first.models[0].misfit_interval != other.models[0].misfit_interval
    assert first.models[0].misfit == other.models[0].misfit
    for model in first.models:
        for name in NAMES:
            low, high = model.interval(name)
            assert low < high
        assert model.interval("gap") is None
        low, high = model.weak_error_interval
        assert low < model.weak_error < high


def test_intervals_cover_the_mean_of_a_known_distribution():
    """Weak errors are means of squared normals: 95% intervals of 60 samples of 100 points.

    At a true coverage of 0.9 (percentile intervals of a skewed mean are a little short), fewer than
    45 of 60 have a chance below 1e-3.
    """
    generator = np.random.default_rng(1)
    rows = 100
    features = generator.normal(size=(rows, 1))
    weak = generator.normal(size=(60, rows))
    report = audit(
        audit_data(features, weak, target=np.zeros(rows)), bootstrap=300, key=jax.random.key(0)
    )
    covered = sum(
        model.weak_error_interval[0] <= 1 <= model.weak_error_interval[1] for model in report.models
    )
    assert covered >= 45


def test_crowded_features_are_warned_of():
    features, weak, target = problem()
    data = audit_data(features, weak, target=target)
    report = audit(data, bootstrap=COUNT, key=jax.random.key(0))
    assert not any("overfit" in sentence for sentence in report.warnings)
    crowded = np.random.default_rng(2).normal(size=(ROWS, 10))
    report = audit(audit_data(crowded, weak, target=target), bootstrap=COUNT, key=jax.random.key(0))
    assert any("overfit" in sentence for sentence in report.warnings)


def test_without_a_target_only_the_misfit_has_an_interval():
    features, weak, _ = problem()
    report = audit(audit_data(features, weak), bootstrap=COUNT, key=jax.random.key(0))
    for model in report.models:
        assert model.misfit_interval is not None and model.gain_interval is None
    assert not any("left out" in sentence for sentence in report.warnings)


def test_percentiles():
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25, 975))
    assert percentile_interval(np.array([1.0, np.nan])) is None
    assert percentile_interval(np.array([1.0, -np.inf])) is None


def test_doubts_cover_what_condensing_loses():
    """A constant far from 0 goes into every sum of squares, and no distance depends on it."""
    features, weak, target = problem()
    weak, target = weak + 1e3, target + 1e3
    condensed, whole = (
        resampled(hypothesis_class(Affine(), given), weak, Student(), target, **SETTINGS)
        for given in (Rows(features, block=8 * WIDTH), jnp.asarray(features))
    )
    for name in NAMES:
        apart, doubt = np.abs(condensed[name] - whole[name]), whole[DOUBT + name]
        assert np.all(apart <= doubt + condensed[DOUBT + name])
        assert np.any(apart > 10 * doubt)  # so what condensing adds is needed
        assert np.all(condensed[DOUBT + name] < 1e-5)
