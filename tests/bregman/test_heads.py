import inspect

import cvxpy as cp
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from w2sjax.bregman import head_certificate, heads
from w2sjax.bregman.head_certificate import gap
from w2sjax.bregman.head_points import points_of
from w2sjax.bregman.heads import fit
from w2sjax.mixture.logistic import FitStatus

N, D, C = 60, 4, 3
RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(N, D)) * [1, 10, 0.1, 1] + [0, 5, 0, 0]
LABELS = RANDOM.dirichlet(np.ones(C), N)
WEIGHTS = RANDOM.integers(0, 4, N).astype(float)
HARD = np.eye(C)[np.argmax(LABELS, axis=1)]
fitted = jax.jit(fit, static_argnames=("bound", "intercept"))


def softmax(scores):
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


def solved_by_cvxpy(penalty, bound=None):
    """Probabilities and objective by an interior-point method."""
    theta, shift = cp.Variable((D, C)), cp.Variable((1, C))
    weights = WEIGHTS / WEIGHTS.sum()
    scores = FEATURES @ theta + np.ones((N, 1)) @ shift
    loss = weights @ (cp.log_sum_exp(scores, axis=1) - cp.sum(cp.multiply(LABELS, scores), axis=1))
    objective = loss + penalty / 2 * cp.sum_squares(theta)
    limits = [] if bound is None else [cp.norm(theta, "fro") <= bound]
    problem = cp.Problem(cp.Minimize(objective), limits)
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
    return softmax(scores.value), problem.value


@pytest.mark.parametrize(
    "penalty, bound", [(0.0, None), (0.1, None), (0.0, 0.3)], ids=["free", "penalised", "bounded"]
)
def test_head_agrees_with_cvxpy_and_its_gap_bounds_the_objective(penalty, bound):
    head = fitted(FEATURES, LABELS, WEIGHTS, penalty=penalty, bound=bound)
    chances, value = solved_by_cvxpy(penalty, bound)
    np.testing.assert_allclose(
        jax.nn.softmax(head.scores(jnp.asarray(FEATURES))), chances, atol=1e-6
    )
    size = jnp.sum(head.coefficients**2)
    assert abs(head.loss + penalty / 2 * size - value) < 1e-8
    assert head.status == FitStatus.CERTIFIED and head.gap < 1e-14
    assert bound is None or abs(size - bound**2) < 1e-12


def test_head_agrees_with_scikit_learn_on_repeated_rows():
    head = fitted(FEATURES, LABELS, WEIGHTS, penalty=0.05)
    rows = np.repeat(FEATURES, C, axis=0)
    masses = (WEIGHTS[:, None] * LABELS).ravel() / WEIGHTS.sum()
    model = LogisticRegression(C=1 / 0.05, tol=1e-12, max_iter=10_000, solver="newton-cg")
    model.fit(rows, np.tile(np.arange(C), N), masses)
    expected = model.predict_proba(FEATURES)
    np.testing.assert_allclose(
        jax.nn.softmax(head.scores(jnp.asarray(FEATURES))), expected, atol=1e-6
    )


@pytest.mark.parametrize("penalty", [0.0, 0.02])
@pytest.mark.parametrize("off", [1e-1, 1e-4, 1e-7])
def test_gap_covers_the_objective_of_wrong_points(penalty, off):
    weights = WEIGHTS / WEIGHTS.sum()
    points, _, _ = points_of(jnp.asarray(FEATURES), jnp.asarray(LABELS), jnp.asarray(weights), True)
    objective = lambda point: (  # noqa: E731
        -jnp.sum(weights[:, None] * LABELS * jax.nn.log_softmax(points.scores(point), axis=1))
        + penalty / 2 * points.length(point) ** 2
    )
    head = fitted(FEATURES, LABELS, WEIGHTS, penalty=penalty)
    least = head.loss + penalty / 2 * jnp.sum(head.coefficients**2)
    scores = head.scores(jnp.asarray(FEATURES)) @ points.contrasts
    exact = jnp.linalg.lstsq(points.features, scores)[0]
    wrong = exact + off * jax.random.normal(jax.random.key(0), exact.shape) / jnp.sqrt(
        1e-3 + jnp.mean(points.features**2, axis=0)[:, None]
    )
    bound, true = gap(points, wrong, jnp.asarray(penalty)), objective(wrong) - least
    assert true <= bound
    # Near the minimum the bound is twice the truth, as -g'D is, and not more by more than curvature.
    assert off > 1e-2 or bound <= 2.2 * true + 1e-15


def test_gradient_and_hessian_are_those_of_automatic_differentiation():
    weights = WEIGHTS / WEIGHTS.sum()
    points, _, _ = points_of(jnp.asarray(FEATURES), jnp.asarray(LABELS), jnp.asarray(weights), True)
    point, penalty = jax.random.normal(jax.random.key(1), (D + 1, C - 1)), jnp.asarray(0.3)

    def objective(flat):
        point = flat.reshape(D + 1, C - 1)
        logs = jax.nn.log_softmax(points.scores(point), axis=1)
        return -jnp.sum(weights[:, None] * LABELS * logs) + penalty / 2 * points.length(point) ** 2

    chances = jax.nn.softmax(points.scores(point), axis=1)
    slope, hessian = points.gradient(point, chances, penalty), points.hessian(chances, penalty)
    np.testing.assert_allclose(slope.ravel(), jax.grad(objective)(point.ravel()), atol=1e-12)
    np.testing.assert_allclose(hessian, jax.hessian(objective)(point.ravel()), atol=1e-10)


def test_identity_of_theory_holds_for_every_member():
    head = fitted(FEATURES, LABELS, WEIGHTS)
    weights = WEIGHTS / WEIGHTS.sum()
    kl = lambda p, q: np.sum(weights[:, None] * p * (np.log(p) - np.log(q)))  # noqa: E731
    student = np.asarray(jax.nn.softmax(head.scores(jnp.asarray(FEATURES))))
    for seed in range(3):
        random = np.random.default_rng(seed)
        member = softmax(FEATURES @ random.normal(size=(D, C)) * 0.1 + random.normal(size=C))
        assert abs(kl(LABELS, member) - kl(student, member) - kl(LABELS, student)) < 1e-12


def test_two_dependent_columns_and_few_points_change_no_probability():
    twice = np.column_stack([FEATURES, FEATURES[:, 0] * 2 - FEATURES[:, 1], np.ones(N)])
    heads = [fitted(f, LABELS, WEIGHTS) for f in (FEATURES, twice)]
    first, second = (
        h.scores(jnp.asarray(f)) for h, f in zip(heads, (FEATURES, twice), strict=True)
    )
    np.testing.assert_allclose(jax.nn.softmax(first), jax.nn.softmax(second), atol=1e-10)
    assert heads[1].rank == D and heads[1].status == FitStatus.CERTIFIED
    # As many parameters as points: every soft label is met.
    square = fitted(FEATURES[: D + 1], LABELS[: D + 1])
    np.testing.assert_allclose(
        jax.nn.softmax(square.scores(jnp.asarray(FEATURES[: D + 1]))), LABELS[: D + 1], atol=1e-7
    )


def test_separable_labels_have_no_minimum_unless_penalised_or_bounded():
    separable = np.eye(C)[np.digitize(FEATURES[:, 0], [-0.5, 0.5])]
    found = fitted(FEATURES, separable)
    assert found.status == FitStatus.NO_MINIMUM and found.gap == np.inf
    assert fitted(FEATURES, separable, penalty=0.01).status == FitStatus.CERTIFIED
    assert fitted(FEATURES, separable, bound=5.0).status == FitStatus.CERTIFIED
    # A class that nobody has pushes its intercept down forever, whatever the penalty of coefficients.
    unused = np.column_stack([LABELS, np.zeros(N)])
    assert fitted(FEATURES, unused, penalty=0.1).status == FitStatus.NO_MINIMUM
    # Overlapping hard labels have one; one point on the wrong side is enough to say so.
    assert fitted(FEATURES, HARD).status == FitStatus.CERTIFIED
    # Separable but for one point on both sides: nothing is proved, and nothing is claimed.
    ends = np.eye(2)[(np.arange(N) >= N // 2).astype(int)]
    ends[N // 2] = 0.5
    line = fitted(np.arange(N, dtype=float)[:, None], ends)
    assert line.status != FitStatus.CERTIFIED and line.gap == np.inf


def test_descent_finds_what_newton_does_and_its_weaker_gap_holds(monkeypatch):
    newton = [fitted(FEATURES, LABELS, WEIGHTS, penalty=penalty) for penalty in (0.0, 0.1)]
    for module in (heads, head_certificate):
        monkeypatch.setattr(module, "LARGE", 1)
    descended = jax.jit(lambda labels, penalty: fit(FEATURES, labels, WEIGHTS, penalty=penalty))
    for exact, penalty in zip(newton, (0.0, 0.1), strict=True):
        found = descended(LABELS, penalty)
        np.testing.assert_allclose(found.coefficients, exact.coefficients, atol=1e-10)
        assert found.status == FitStatus.CERTIFIED and found.gap < 1e-14
    separable = np.eye(C)[np.digitize(FEATURES[:, 0], [-0.5, 0.5])]
    assert descended(separable, 0.0).status == FitStatus.NO_MINIMUM
    with pytest.raises(ValueError, match="bound: expected at most 1 free coefficients, got 8"):
        fit(FEATURES, LABELS, bound=1.0)
    weights = WEIGHTS / WEIGHTS.sum()
    points, _, _ = points_of(jnp.asarray(FEATURES), jnp.asarray(LABELS), jnp.asarray(weights), True)
    scores = newton[0].scores(jnp.asarray(FEATURES)) @ points.contrasts
    wrong = jnp.linalg.lstsq(points.features, scores)[0].at[0, 0].add(1e-4)
    loss = -jnp.sum(weights[:, None] * LABELS * jax.nn.log_softmax(points.scores(wrong), axis=1))
    assert loss - newton[0].loss <= gap(points, wrong, jnp.asarray(0.0)) < np.inf


def test_vmap_is_a_loop():
    several = jnp.asarray(RANDOM.dirichlet(np.ones(C), (3, N)))
    batch = jax.jit(jax.vmap(lambda labels: fit(FEATURES, labels, WEIGHTS)))(several)
    for place, labels in enumerate(several):
        one = fitted(FEATURES, labels, WEIGHTS)
        np.testing.assert_allclose(batch.coefficients[place], one.coefficients, atol=1e-9)
        assert batch.steps[place] == one.steps and batch.status[place] == one.status


@pytest.mark.parametrize(
    "change, message",
    [
        ({"features": FEATURES[:, 0]}, "features: expected a matrix"),
        ({"features": np.full((N, D), np.nan)}, "features: expected finite"),
        ({"labels": LABELS[:5]}, "labels: expected shape"),
        ({"labels": LABELS[:, :1]}, "labels: expected shape"),
        ({"labels": 2 * LABELS}, "adds up to 2, not 1"),
        ({"labels": LABELS - 1}, "labels: expected no negative"),
        ({"weights": np.zeros(N)}, "weights: expected a positive sum"),
        ({"weights": -WEIGHTS}, "weights: expected no negative"),
        ({"penalty": -1.0}, "penalty: expected no negative"),
        ({"bound": 0.0}, "bound: expected a positive"),
        ({"bound": 1.0, "penalty": 1.0}, "bound: expected a positive number and no penalty"),
    ],
)
def test_bad_input_is_named(change, message):
    given = {"features": FEATURES, "labels": LABELS, "weights": WEIGHTS} | change
    with pytest.raises(ValueError, match=message):
        inspect.unwrap(fit)(**given)
