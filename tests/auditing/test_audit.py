"""Audits against independent solvers, and at the edges of what data may be."""

import dataclasses
from typing import Any

import cvxpy
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression, Ridge

from w2sjax.auditing import students
from w2sjax.auditing.audit import audit as audited
from w2sjax.auditing.data import audit_data, load
from w2sjax.projecting.sets import Box, Ellipsoid, L2Ball, Polyhedron, RKHSBall

audit: Any = audited  # a number of a report may be None; here it is not
ROWS, WIDTH, MODELS = 30, 3, 3


def arrays(**changes):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(ROWS, WIDTH)) + 1
    target = features @ np.array([1.0, -0.5, 0.25]) + 0.3 * generator.normal(size=ROWS)
    given = {
        "strong_features": features,
        "weak_predictions": target + generator.normal(size=(MODELS, ROWS)),
        "weak_names": ["a", "b", "c"],
        "target": target,
    }
    return {**given, **changes}


def assert_students(report, data, students, best, weights=None):
    """Compare all quantities with those of students that another solver found."""
    mass = np.ones(len(data.target)) if weights is None else weights

    def distance(left, right):
        return np.average((left - right) ** 2, weights=mass)

    pairs = zip(report.models, data.weak_predictions, students, strict=True)
    for model, weak, student in pairs:
        expected = {
            "misfit": distance(student, weak),
            "weak_error": distance(weak, data.target),
            "student_error": distance(student, data.target),
            "gain": distance(weak, data.target) - distance(student, data.target),
            "epsilon": distance(best, data.target),
        }
        for name, value in expected.items():
            np.testing.assert_allclose(getattr(model, name), value, rtol=1e-6, err_msg=name)
        bound = model.misfit - 2 * np.sqrt(model.epsilon * model.misfit)
        assert bound - 1e-5 <= model.guaranteed_gain <= bound
        assert 0 <= model.gap <= 1e-8
        assert model.status == "CERTIFIED"


def fits(data, fit):
    return np.stack([fit(weak) for weak in data.weak_predictions]), fit(data.target)


@pytest.mark.parametrize("intercept", [None, False])
def test_affine_is_least_squares(intercept):
    data = audit_data(**arrays())
    columns = [data.strong_features] + ([] if intercept is False else [np.ones((ROWS, 1))])
    design = np.column_stack(columns)
    report = audit(data, intercept=intercept)
    assert_students(report, data, *fits(data, lambda y: design @ np.linalg.lstsq(design, y)[0]))
    assert report.set == ("subspace" if intercept is False else "affine")
    assert report.intercept is (intercept is None)
    assert (report.n, report.d, report.rank) == (ROWS, WIDTH, WIDTH)
    centred = data.strong_features - (data.strong_features.mean(0) if intercept is None else 0)
    # Of columns brought to a length between 1 and 2 by powers of two.
    unit = 2.0 ** np.floor(np.log2(np.linalg.norm(centred, axis=0) / np.sqrt(ROWS)))
    np.testing.assert_allclose(report.condition_number, np.linalg.cond(centred / unit), rtol=1e-9)
    assert report.statuses == {"CERTIFIED": MODELS} and report.target_status == "CERTIFIED"
    assert report.warnings == ()


def test_affine_with_weights_is_weighted_least_squares_and_zero_weights_do_not_count():
    weights = np.random.default_rng(1).uniform(0.5, 2, ROWS)
    weights[[3, 7]] = 0
    data = audit_data(**arrays(weights=weights))
    model = LinearRegression()

    def fit(y):
        return model.fit(data.strong_features, y, sample_weight=weights).predict(
            data.strong_features
        )

    report = audit(data)
    assert_students(report, data, *fits(data, fit), weights=weights)
    assert report.n == ROWS - 2
    kept = weights > 0
    without = {
        name: value[..., kept] if name != "strong_features" else value[kept]
        for name, value in arrays(weights=weights).items()
        if name != "weak_names"
    }
    alone = audit(audit_data(**without, weak_names=["a", "b", "c"]))
    assert alone.models == report.models


def test_duplicated_points_are_weights():
    data, weights = arrays(), np.ones(ROWS)
    weights[:5] = 2
    twice = np.concatenate([np.arange(5), np.arange(ROWS)])
    doubled = audit_data(
        data["strong_features"][twice],
        data["weak_predictions"][:, twice],
        target=data["target"][twice],
    )
    pairs = zip(
        audit(doubled).models, audit(audit_data(**data, weights=weights)).models, strict=True
    )
    for left, right in pairs:
        np.testing.assert_allclose(left.gain, right.gain, rtol=1e-9)


def test_l2_ball_is_ridge_at_its_own_radius():
    data = audit_data(**arrays(weak_predictions=arrays()["weak_predictions"][:1], weak_names=["a"]))
    model = Ridge(alpha=5.0, tol=1e-12).fit(data.strong_features, data.weak_predictions[0])
    report = audit(data, L2Ball(jnp.asarray(np.linalg.norm(model.coef_))), intercept=True)
    student = model.predict(data.strong_features)
    np.testing.assert_allclose(
        report.models[0].misfit, np.mean((student - data.weak_predictions[0]) ** 2), rtol=1e-8
    )
    assert report.intercept and report.set == "l2_ball"


def test_orthant_is_nonnegative_least_squares():
    data = audit_data(**arrays())
    model = LinearRegression(positive=True, fit_intercept=False)
    fit = fits(data, lambda y: model.fit(data.strong_features, y).predict(data.strong_features))
    assert_students(audit(data, "orthant"), data, *fit)


def test_simplex_against_cvxpy():
    data = audit_data(**arrays())

    def fit(y):
        theta = cvxpy.Variable(WIDTH)
        objective = cvxpy.Minimize(cvxpy.sum_squares(data.strong_features @ theta - y))
        constraints: Any = [theta >= 0, cvxpy.sum(theta) == 1]
        problem = cvxpy.Problem(objective, constraints)
        problem.solve(solver="CLARABEL", tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12)
        return data.strong_features @ theta.value

    assert_students(audit(data, "simplex"), data, *fits(data, fit))


def test_monotone_is_isotonic_regression_in_the_order_of_the_data():
    data = audit_data(**arrays())
    model = IsotonicRegression()
    fit = fits(data, lambda y: model.fit_transform(np.arange(ROWS), y))
    report = audit(data, "monotone")
    assert_students(report, data, *fit)
    assert report.d is None and report.rank is None and report.condition_number is None
    assert any("order of the data" in sentence for sentence in report.warnings)


def test_rkhs_ball_is_kernel_ridge_at_its_own_radius(tmp_path):
    data = audit_data(**arrays(weak_predictions=arrays()["weak_predictions"][:1], weak_names=["a"]))
    points = data.strong_features
    kernel = np.exp(-0.5 * np.sum((points[:, None] - points[None]) ** 2, axis=-1))
    model = KernelRidge(alpha=1, kernel="precomputed").fit(kernel, data.weak_predictions[0])
    radius = np.sqrt(model.dual_coef_ @ kernel @ model.dual_coef_)
    np.savez(tmp_path / "kernel.npz", kernel=kernel, radius=radius)
    report = audit(data, f"rkhs_ball:{tmp_path / 'kernel.npz'}")
    expected = np.mean((kernel @ model.dual_coef_ - data.weak_predictions[0]) ** 2)
    np.testing.assert_allclose(report.models[0].misfit, expected, rtol=1e-6)
    assert any("brings its own features" in sentence for sentence in report.warnings)
    held = audit(data, RKHSBall(jnp.asarray(radius), jnp.asarray(kernel)), split="last:0.4")
    assert held.held_out is not None and held.held_out.d == ROWS


def test_memory_mapped_single_precision_is_widened(tmp_path):
    given = arrays()
    single = given["strong_features"].astype(np.float32)
    for name in ("weak_predictions", "target"):
        np.save(tmp_path / f"{name}.npy", given[name])
    np.save(tmp_path / "strong_features.npy", single)
    mapped = load(tmp_path)
    assert mapped.strong_features.dtype == np.float32
    memory = audit_data(**{**given, "strong_features": single, "weak_names": mapped.weak_names})
    assert audit(mapped).models == audit(memory).models


def test_weak_models_are_measured_alike_in_chunks_of_any_size(monkeypatch):
    data = audit_data(**arrays())
    together = audit(data)
    monkeypatch.setattr(students, "CHUNK", 2 * ROWS)
    for left, right in zip(audit(data).models, together.models, strict=True):
        np.testing.assert_allclose(left.gain, right.gain, rtol=1e-10)


def test_more_features_than_points_leave_no_misfit():
    data = audit_data(**{k: v[..., :2] if k != "strong_features" and k != "weak_names"
                         else v[:2] if k == "strong_features" else v
                         for k, v in arrays().items()})  # fmt: skip
    report = audit(data)
    assert all(model.misfit < 1e-25 and abs(model.gain) < 1e-12 for model in report.models)
    assert all(model.epsilon < 1e-25 for model in report.models)
    assert any("is less than d = 3" in sentence for sentence in report.warnings)


def test_rank_deficient_features_say_their_rank():
    features = arrays()["strong_features"]
    doubled = np.column_stack([features, features[:, 0], np.ones(ROWS)])
    report = audit(audit_data(**arrays(strong_features=doubled)))
    assert (report.rank, report.d) == (WIDTH, WIDTH + 2)
    assert any("rank 3 of d = 5" in sentence for sentence in report.warnings)
    for left, right in zip(report.models, audit(audit_data(**arrays())).models, strict=True):
        np.testing.assert_allclose(left.misfit, right.misfit, rtol=1e-9)
        np.testing.assert_allclose(left.guaranteed_gain, right.guaranteed_gain, atol=1e-5)


def test_constant_features_leave_the_intercept():
    report = audit(audit_data(**arrays(strong_features=np.ones((ROWS, WIDTH)))))
    assert report.rank == 0 and report.condition_number is None
    weak = arrays()["weak_predictions"]
    misfits = [model.misfit for model in report.models]
    np.testing.assert_allclose(misfits, weak.var(axis=1), rtol=1e-9)


def test_constant_target():
    report = audit(audit_data(**arrays(target=np.full(ROWS, 2.0))))
    assert any("target is constant" in sentence for sentence in report.warnings)
    for model in report.models:
        assert model.epsilon < 1e-25
        np.testing.assert_allclose(model.gain, model.misfit, rtol=1e-9)


def test_target_inside_the_class_makes_gain_the_misfit():
    features = arrays()["strong_features"]
    report = audit(audit_data(**arrays(target=features @ np.array([1.0, 2.0, 3.0]) - 1)))
    for model in report.models:
        np.testing.assert_allclose(model.gain, model.misfit, rtol=1e-9)
        np.testing.assert_allclose(model.guaranteed_gain, model.misfit, rtol=1e-6)
        assert model.guaranteed_gain <= model.gain


def test_weak_model_equal_to_the_target_can_only_lose():
    target = arrays()["target"]
    report = audit(audit_data(**arrays(weak_predictions=target, weak_names=["truth"])))
    (model,) = report.models
    assert model.weak_error == 0 and model.gain == -model.student_error
    np.testing.assert_allclose(model.misfit, model.epsilon, rtol=1e-9)
    assert (report.chosen, report.certified, report.regret) == ("truth", True, 0.0)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_scale_does_not_matter(scale):
    given = arrays()
    plain = audit(audit_data(**given))
    scaled = audit(
        audit_data(
            given["strong_features"] * scale,
            given["weak_predictions"] * scale,
            target=given["target"] * scale,
        )
    )
    for left, right in zip(plain.models, scaled.models, strict=True):
        np.testing.assert_allclose(left.gain * scale**2, right.gain, rtol=1e-6)
        assert right.status == "CERTIFIED"


def test_overflow_is_reported_and_never_ranked():
    weak = arrays()["weak_predictions"].copy()
    weak[1] *= 1e200
    report = audit(audit_data(**arrays(weak_predictions=weak)))
    broken = report.models[1]
    assert broken.misfit is None and broken.gap is None and broken.status == "NONFINITE"
    assert any("overflow" in sentence for sentence in report.warnings)
    assert report.chosen in ("a", "c") and not report.certified


def test_a_single_model_is_chosen_without_a_rival():
    report = audit(audit_data(**arrays(weak_predictions=arrays()["target"] + 1, weak_names=["w"])))
    assert report.chosen == report.best == "w" and report.certified and report.regret == 0


def test_the_heuristic_names_what_it_chose_and_what_was_best():
    report = audit(audit_data(**arrays()))
    scores = {model.name: model.weak_error - model.misfit for model in report.models}
    errors = {model.name: model.student_error for model in report.models}
    assert report.chosen == min(scores, key=scores.__getitem__)
    assert report.best == min(errors, key=errors.__getitem__)
    assert report.regret == errors[report.chosen] - errors[report.best]


def test_a_choice_beyond_doubt_is_certified():
    given = arrays()
    features = given["strong_features"]
    target = features @ np.array([1.0, -1.0, 0.5])
    far = np.stack([target + 0.01 * given["weak_predictions"][0], target + 100, target - 200])
    report = audit(audit_data(**arrays(target=target, weak_predictions=far)))
    assert report.chosen == report.best == "a" and report.certified


@pytest.mark.parametrize(
    ("convex_set", "words"),
    [
        ("ball", ("there is no 'ball'",)),
        ("l2_ball", ("needs a parameter", "l2_ball:RADIUS")),
        ("l2_ball:-1", ("positive",)),
        ("box:1", ("2 numbers",)),
        ("rkhs_ball", ("needs a parameter",)),
        ("polyhedron:missing.npz", ("missing.npz",)),
        (Box(jnp.zeros(4), jnp.ones(4)), ("4 coefficients", "3 columns")),
        (Ellipsoid.from_matrix(jnp.eye(2)), ("2 coefficients", "3 columns")),
        (Polyhedron.from_arrays(np.eye(5), np.ones(5)), ("5 coefficients",)),
        (RKHSBall(jnp.ones(()), jnp.eye(4)), ("(4, 4)", "30 rows")),
    ],
)
def test_sets_that_do_not_fit_are_refused(convex_set, words):
    with pytest.raises(ValueError) as caught:
        audit(audit_data(**arrays()), convex_set)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bootstrap": -1}, ("bootstrap", "-1")),
        ({"bootstrap": 5}, ("key",)),
        ({"split": "0.3"}, ("key", "split")),
        ({"split": "half", "key": jax.random.key(0)}, ("split 'half'",)),
        ({"split": "last:1.5"}, ("split 'last:1.5'",)),
        ({"max_steps": 0}, ("max_steps",)),
        ({"tolerance": 0.0}, ("tolerance",)),
        ({"convex_set": "monotone", "intercept": True}, ("intercept", "monotone")),
        ({"convex_set": "monotone", "split": "last:0.3"}, ("held-out", "monotone")),
    ],
)
def test_options_that_do_not_fit_are_refused(options, words):
    with pytest.raises(ValueError) as caught:
        audit(audit_data(**arrays()), **options)
    for word in words:
        assert word in str(caught.value)


def test_single_precision_is_refused():
    data = audit_data(**arrays())
    jax.config.update("jax_enable_x64", False)
    try:
        with pytest.raises(ValueError, match="jax_enable_x64"):
            audit(data)
    finally:
        jax.config.update("jax_enable_x64", True)


def test_without_a_target_the_guarantee_is_a_function_of_epsilon():
    known = audit(audit_data(**arrays()))
    report = audit(audit_data(**arrays(target=None)))
    assert (report.chosen, report.best, report.regret, report.certified) == (
        None,
        None,
        None,
        False,
    )
    for model, with_target in zip(report.models, known.models, strict=True):
        assert model.weak_error is None and model.gain is None and model.guaranteed_gain is None
        assert model.misfit == with_target.misfit
        table = model.guarantee
        epsilon = np.array(table.epsilon)
        expected = model.misfit - 2 * np.sqrt(epsilon * model.misfit)
        assert epsilon[0] == 0 and epsilon[-1] == model.misfit
        np.testing.assert_allclose(table.guaranteed_gain, expected, atol=1e-9)
        assert np.all(np.array(table.guaranteed_gain) <= expected)
        np.testing.assert_allclose(table.vanishes_at, model.misfit / 4, rtol=1e-9)
        assert table.vanishes_at <= model.misfit / 4
    assert all(model.guarantee is None for model in known.models)


def test_the_report_is_a_value():
    report = audit(audit_data(**arrays()))
    assert report == audit(audit_data(**arrays()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.chosen = "b"
