"""Projections on hypothesis classes against other algorithms, and their derivatives."""

import functools
from typing import Any, NamedTuple

import clarabel_oracle
import jax
import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest
import scipy.optimize
import sklearn.isotonic
import sklearn.linear_model

from w2sjax import Status, hypothesis_class, project
from w2sjax.projecting.sets import (
    Affine,
    BoundedValues,
    Box,
    Ellipsoid,
    Intersection,
    L1Ball,
    L2Ball,
    Monotone,
    Orthant,
    Polyhedron,
    RKHSBall,
    Simplex,
    Subspace,
)
from w2sjax.projecting.sets.function_values import ValueIntersection

SIZE, DIMENSION = 7, 3
MATRIX = np.array([[1.0, 1, 0], [-1, 0, 1], [0, -1, -1], [0.5, -1, 1]])
SHAPE = np.array([[1.0, 0, 0], [0.4, 0.8, 0], [-0.3, 0.2, 1.5]])
# A column that is the rounded sum of others may be dependent or not; and where columns depend on each
# other, rounding leaves open how long a member of an unbounded set with corners is. A reach says so.
REACHED = {
    "subspace": ("deficient",),
    "affine": ("deficient",),
    "orthant": ("deficient", "few_points"),
    "polyhedron": ("deficient", "few_points"),
    "polyhedron_equality": ("deficient", "few_points", "zero_column"),
}
VALUE_KINDS = ("monotone", "bounded_values", "value_intersection")


class Parameters(NamedTuple):
    """What a set of any kind may depend on; differentiable."""

    radius: Any = 0.6
    bounds: Any = (-0.3, 0.4)
    rows: Any = (0.5, 0.4, 0.6, 0.7)
    centre: Any = (0.1, -0.2, 0.3)


def parameters(dtype=jnp.float64):
    return Parameters(*(jnp.asarray(value, dtype) for value in Parameters()))


def box(given, dtype):
    return Box(given.bounds[0], given.bounds[1])


def polyhedron(given, dtype, equality=None):
    none = jnp.zeros((0, DIMENSION), dtype)
    level = jnp.zeros(0, dtype) if equality is None else given.rows[:1] * 0.1
    equality = none if equality is None else jnp.asarray(equality, dtype)
    interior = jnp.full(DIMENSION, 0.1 * 0.5 / 3, dtype)
    return Polyhedron(jnp.asarray(MATRIX, dtype), given.rows, equality, level, interior)


KINDS = {
    "subspace": lambda given, dtype: Subspace(),
    "affine": lambda given, dtype: Affine(),
    "l2_ball": lambda given, dtype: L2Ball(given.radius),
    "rkhs_ball": lambda given, dtype: RKHSBall(given.radius),
    "l2_ball_intercept": lambda given, dtype: L2Ball(given.radius),
    "l1_ball": lambda given, dtype: L1Ball(given.radius),
    "simplex": lambda given, dtype: Simplex(given.radius),
    "orthant": lambda given, dtype: Orthant(),
    "box": box,
    "box_intercept": box,
    "polyhedron": polyhedron,
    "polyhedron_equality": functools.partial(polyhedron, equality=[[1.0, 1.0, 1.0]]),
    "ellipsoid": lambda given, dtype: Ellipsoid(
        jnp.asarray(SHAPE, dtype) / given.radius, given.centre
    ),
    "monotone": lambda given, dtype: Monotone(),
    "bounded_values": lambda given, dtype: BoundedValues(given.radius),
    "value_intersection": lambda given, dtype: ValueIntersection(
        Monotone(), BoundedValues(given.radius)
    ),
    "intersection": lambda given, dtype: Intersection(
        L2Ball(given.radius), box(given, dtype), jnp.zeros(DIMENSION, dtype)
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)
SITUATIONS = ("plain", "member", "constant", "deficient", "zero_column", "zeros", "few_points")


def has_intercept(kind):
    return kind == "affine" or kind.endswith("_intercept")


def build(kind, features, weights, given, **options):
    convex_set = KINDS[kind](given, weights.dtype)
    if kind in VALUE_KINDS:
        return hypothesis_class(convex_set, weights=weights)
    return hypothesis_class(
        convex_set, features, weights, intercept=has_intercept(kind) or None, **options
    )


def values(kind, target, features, weights, given):
    """The projection's values as a function of all it depends on."""
    return project(build(kind, features, weights, given), target)


@functools.cache
def problem(kind, situation):
    """Features, weights and target; skewed weights everywhere."""
    random = np.random.default_rng([SITUATIONS.index(situation), list(KINDS).index(kind)])
    features = random.normal(size=(SIZE, DIMENSION))
    weights = 10.0 ** random.uniform(-2, 0, SIZE)
    target = 2 * random.normal(size=SIZE)
    inside = np.array([0.15, 0.1, 0.35]) if kind != "polyhedron_equality" else np.full(3, 0.05 / 3)
    match situation:
        case "member":
            flat = kind in VALUE_KINDS
            target = np.linspace(-0.5, 0.5, SIZE) if flat else features @ inside
        case "constant":
            target = np.full(SIZE, 0.7)
        case "deficient":
            features[:, 2] = features[:, 0] - 2 * features[:, 1]
        case "zero_column":
            features[:, 1] = 0
        case "zeros":
            features[:] = 0
        case "few_points":
            weights[2:] = 0  # fewer points with mass than coefficients
    return features, weights, target


@functools.cache
def projected(kind):
    """All situations of a kind, compiled once."""
    batch = [np.stack(parts) for parts in zip(*(problem(kind, s) for s in SITUATIONS), strict=True)]

    def one(features, weights, target):
        return values(kind, target, features, weights, parameters())

    return jax.jit(jax.vmap(one))(*map(jnp.asarray, batch))


def oracle(kind, features, weights, target):
    """Values of the projection by an algorithm of its own for each kind."""
    weights = weights / np.sum(weights)
    roots = np.sqrt(weights)
    scaled, right = roots[:, None] * features, roots * target
    given = Parameters()
    match kind:
        case "subspace":
            return features @ np.linalg.lstsq(scaled, right)[0]
        case "affine":
            ones = np.column_stack([features, np.ones(len(target))])
            return ones @ np.linalg.lstsq(roots[:, None] * ones, right)[0]
        case "l2_ball" | "rkhs_ball" | "l2_ball_intercept":
            return ridge(features, weights, target, given.radius, kind.endswith("intercept"))
        case "orthant":
            return features @ scipy.optimize.nnls(scaled, right)[0]
        case "box":
            found = scipy.optimize.lsq_linear(scaled, right, given.bounds, tol=1e-14)
            return features @ found.x
        case "monotone" | "value_intersection":
            bound = given.radius if kind == "value_intersection" else np.inf
            return sklearn.isotonic.isotonic_regression(
                target, sample_weight=np.maximum(weights, 1e-300), y_min=-bound, y_max=bound
            )
        case "bounded_values":
            return np.clip(target, -given.radius, given.radius)
    convex_set = KINDS[kind](parameters(), jnp.float64)
    return clarabel_oracle.project(
        convex_set, target, weights, features, intercept=has_intercept(kind)
    )


def ridge(features, weights, target, radius, intercept):
    """The ball's multiplier by bracketing scikit-learn's ridge regression."""

    def fit(log):
        model = sklearn.linear_model.Ridge(
            alpha=10.0**log, fit_intercept=intercept, solver="svd", tol=0
        )
        return model.fit(features, target, sample_weight=weights)

    def excess(log):
        return np.linalg.norm(fit(log).coef_) - radius

    if excess(-14) <= 0:
        return fit(-14).predict(features)
    return fit(scipy.optimize.brentq(excess, -14, 6, xtol=1e-14)).predict(features)


@every_kind
def test_values_agree_with_another_algorithm(kind):
    found = projected(kind)
    for index, situation in enumerate(SITUATIONS):
        features, weights, target = problem(kind, situation)
        expected = oracle(kind, features, weights, target)
        error = found.values[index] - expected
        distance = np.sum(weights * error**2) / np.sum(weights)
        assert np.sqrt(distance) <= 5e-6, situation


@every_kind
def test_answers_are_certified(kind):
    found = projected(kind)
    for index, situation in enumerate(SITUATIONS):
        if situation in ("zeros", "zero_column", "deficient") and kind == "ellipsoid":
            continue
        features, weights, target = problem(kind, situation)
        size = np.sum(weights * target**2) / np.sum(weights)
        open_end = situation in REACHED.get(kind, ())
        expected = Status.LOOSE if open_end else Status.CERTIFIED
        assert found.status[index] == expected, situation
        assert np.isfinite(found.radius[index]) == open_end
        assert found.gap[index] <= 1e-10 * size
        assert found.steps[index] < 100
    assert np.all(np.isfinite(found.gap))


@every_kind
def test_members_project_on_themselves(kind):
    index = SITUATIONS.index("member")
    _, weights, target = problem(kind, "member")
    error = np.asarray(projected(kind).values[index]) - target
    assert np.sum(weights * error**2) <= 1e-20 + (1e-12 if kind == "intersection" else 0)
    assert projected(kind).status[index] == Status.CERTIFIED


@pytest.mark.parametrize("kind", ["subspace", "affine", "l2_ball", "rkhs_ball"])
def test_coefficients_of_least_norm(kind):
    found = projected(kind)
    for index, situation in enumerate(SITUATIONS):
        features, weights, target = problem(kind, situation)
        weights = weights / np.sum(weights)
        if kind == "affine":
            features = features - weights @ features
        linear = np.asarray(found.values[index]) - np.asarray(found.intercept[index])
        roots = np.sqrt(weights)
        shortest = np.linalg.lstsq(roots[:, None] * features, roots * linear, rcond=1e-12)[0]
        if kind == "affine":
            mean = weights @ problem(kind, situation)[0] @ found.coefficients[index]
            shortest = np.linalg.lstsq(
                roots[:, None] * features, roots * (linear - mean), rcond=1e-12
            )[0]
        np.testing.assert_allclose(found.coefficients[index], shortest, atol=1e-9)


@every_kind
def test_constants_belong_to_classes_with_an_intercept(kind):
    index = SITUATIONS.index("constant")
    if has_intercept(kind):
        np.testing.assert_allclose(projected(kind).values[index], 0.7, rtol=1e-12)
        np.testing.assert_allclose(projected(kind).intercept[index], 0.7, rtol=1e-9)
    else:
        assert projected(kind).intercept[index] == 0


@pytest.mark.parametrize("kind", ["subspace", "affine", "simplex", "l2_ball"])
def test_fewer_points_than_coefficients(kind):
    features, weights, target = (part[:2] for part in problem(kind, "plain"))
    given = (jnp.asarray(target), jnp.asarray(features), jnp.asarray(weights))
    found = values(kind, given[0], given[1], given[2], parameters())
    expected = oracle(kind, features, weights, target)
    np.testing.assert_allclose(found.values, expected, atol=1e-5)
    assert found.status == Status.CERTIFIED
    if kind in ("subspace", "affine"):
        np.testing.assert_allclose(found.values, target, atol=1e-12)


def conditioned(condition, random):
    left = np.linalg.qr(random.normal(size=(40, 5)))[0]
    right = np.linalg.qr(random.normal(size=(5, 5)))[0]
    return left @ np.diag(np.geomspace(1, 1 / condition, 5)) @ right.T


@pytest.mark.parametrize("kind", [Subspace(), Affine()])
def test_ill_conditioned_features_certify(kind):
    """At a condition number of 1e8 by QR; the Gram route knows that it cannot and falls back."""
    random = np.random.default_rng(0)
    features = jnp.asarray(conditioned(1e8, random))
    target = jnp.asarray(random.normal(size=40))
    found = project(hypothesis_class(kind, features), target)
    assert found.status == Status.CERTIFIED
    assert found.gap <= 1e-11 * jnp.mean(target**2)
    assert found.radius == jnp.inf  # proved to have full rank
    gram = hypothesis_class(kind, features, method="gram")
    again = project(gram, target)
    assert again.status == Status.CERTIFIED
    np.testing.assert_allclose(again.values, found.values, atol=1e-12)
    inside = jax.jit(project)(gram, target)  # where there is no falling back
    assert inside.status == Status.LOOSE


def test_well_conditioned_features_certify_by_the_gram_route():
    random = np.random.default_rng(0)
    features, target = jnp.asarray(conditioned(10, random)), jnp.asarray(random.normal(size=40))
    for kind in (Subspace(), Affine(), L2Ball(jnp.asarray(0.5)), Orthant()):
        gram = hypothesis_class(kind, features, method="gram")
        found = jax.jit(project)(gram, target)
        exact = project(hypothesis_class(kind, features), target)
        assert found.status == Status.CERTIFIED
        np.testing.assert_allclose(found.values, exact.values, atol=1e-9)
        assert gram.factorisation is not None and gram.factorisation.left is None


@pytest.mark.parametrize("condition", [1e4])
@pytest.mark.parametrize("kind", ["l2_ball", "simplex", "orthant", "box"])
def test_correlated_features_certify(kind, condition):
    """A relative gap of 1e-10 at a condition number of 1e4."""
    random = np.random.default_rng(1)
    sets: dict[str, Any] = {
        "l2_ball": L2Ball(jnp.asarray(2.0)), "simplex": Simplex(jnp.asarray(1.0)),
        "orthant": Orthant(), "box": Box(jnp.asarray(-1.0), jnp.asarray(1.0)),
    }  # fmt: skip
    batch = jnp.asarray(np.stack([conditioned(condition, random) for _ in range(30)]))
    targets = jnp.asarray(random.normal(size=(30, 40)))

    def one(features, target):
        return project(hypothesis_class(sets[kind], features), target, tolerance=1e-10)

    found = jax.jit(jax.vmap(one))(batch, targets)
    assert np.all(found.gap <= 1e-10 * np.mean(targets**2, axis=1))
    assert np.all(found.status == Status.CERTIFIED)


@pytest.mark.parametrize("kind", ["subspace", "l2_ball_intercept", "simplex", "box", "monotone"])
def test_single_precision(kind):
    """The dtype is kept, and the gap covers the distance to the answer in double precision."""
    accurate = projected(kind)
    given = parameters(jnp.float32)
    single = jax.jit(lambda *data: values(kind, data[2], data[0], data[1], given))
    for index, situation in enumerate(SITUATIONS):
        data = [jnp.asarray(part, jnp.float32) for part in problem(kind, situation)]
        found = single(*data)
        assert {leaf.dtype for leaf in jax.tree.leaves(found)} <= {
            np.dtype(np.float32),
            np.dtype(np.int32),
        }
        assert found.status in (Status.CERTIFIED, Status.LOOSE)
        weights = np.asarray(data[1], np.float64) / np.sum(np.asarray(data[1], np.float64))
        error = np.asarray(found.values, np.float64) - np.asarray(accurate.values[index])
        # The inputs were rounded too.
        slack = 1e-10 if situation not in ("deficient", "few_points") else np.inf
        assert np.sum(weights * error**2) <= float(found.gap) + slack
        if found.status == Status.CERTIFIED:
            assert float(found.gap) <= 1.01 * np.finfo(np.float32).eps ** (2 / 3) * np.sum(
                weights * np.asarray(data[2], np.float64) ** 2
            )
    assert single(*[jnp.asarray(p, jnp.float32) for p in problem(kind, "plain")]).gap < 1e-2


def test_a_call_is_a_batch_is_jit():
    for kind in ("subspace", "l2_ball", "monotone"):
        features, weights, target = map(jnp.asarray, problem(kind, "plain"))
        one = values(kind, target, features, weights, parameters())
        np.testing.assert_allclose(one.values, projected(kind).values[0], rtol=1e-12, atol=1e-13)
        hypothesis = build(kind, features, weights, parameters())
        many = jax.vmap(functools.partial(project, hypothesis))(jnp.stack([target, 2 * target]))
        np.testing.assert_allclose(many.values[0], one.values, rtol=1e-12, atol=1e-13)
        jitted = jax.jit(project)(hypothesis, 2 * target)
        np.testing.assert_allclose(many.values[1], jitted.values, rtol=1e-12, atol=1e-13)
        assert many.gap.shape == many.status.shape == (2,)


def test_a_budget_of_steps():
    features, weights, target = map(jnp.asarray, problem("l1_ball", "plain"))
    hypothesis = build("l1_ball", features, weights, parameters())
    short = project(hypothesis, target, max_steps=1)
    assert short.steps <= 1
    assert short.gap >= project(hypothesis, target).gap


# Where a test of the derivatives stands: every kind has active and inactive constraints here.
STEP, DIRECTIONS = 1e-5, 3


@functools.cache
def derivatives(kind):
    """Compile the gradient, directional derivatives and central differences of a sum of an answer."""

    def everything(point, moves, cotangent):
        def scalar(*arguments):
            answer = values(kind, *arguments)
            return jnp.sum(cotangent * answer.values) + answer.intercept

        # The projection stands in the program twice: once with its derivative, once for all ends.
        _, push = jax.linearize(scalar, *point)
        gradient = jax.linear_transpose(push, *point)(jnp.ones(()))
        both = jax.tree.map(lambda m: jnp.concatenate([m, -m]), moves)
        ends = jax.tree.map(lambda p, m: p[None] + STEP * m, point, both)
        above, below = jnp.split(jax.vmap(scalar)(*ends), 2)
        return gradient, jax.vmap(push)(*moves), (above - below) / (2 * STEP)

    return jax.jit(everything)


@functools.cache
def differentiated(kind):
    """Directional derivatives: forward, backward and by central differences."""
    random = np.random.default_rng([7, list(KINDS).index(kind)])
    features, weights, target = map(jnp.asarray, problem(kind, "plain"))
    point = (target, features, weights, parameters())
    moves = jax.tree.map(
        lambda leaf: jnp.asarray(random.normal(size=(DIRECTIONS, 4, *leaf.shape))), point
    )
    # One direction for each of the four arguments at a time.
    moves = tuple(
        jax.tree.map(
            lambda leaf, i=i: (
                leaf * (jnp.arange(4) == i).astype(leaf.dtype).reshape(1, 4, *[1] * (leaf.ndim - 2))
            ),
            move,
        )
        for i, move in enumerate(moves)
    )
    moves = jax.tree.map(lambda leaf: leaf.reshape(DIRECTIONS * 4, *leaf.shape[2:]), moves)
    cotangent = jnp.asarray(random.normal(size=SIZE))
    gradient, forwards, centrals = derivatives(kind)(point, moves, cotangent)
    backward = sum(
        np.sum(np.asarray(m) * np.asarray(g), axis=tuple(range(1, m.ndim)))
        for m, g in zip(jax.tree.leaves(moves), jax.tree.leaves(gradient), strict=True)
    )
    return np.asarray(forwards), np.asarray(backward), np.asarray(centrals)


@every_kind
def test_derivatives_agree_with_central_differences(kind):
    """With respect to target, features, weights and the set's parameters."""
    forward, backward, central = differentiated(kind)
    np.testing.assert_allclose(backward, forward, rtol=1e-8, atol=1e-9)
    accuracy = 1e-3 if kind == "intersection" else 1e-5
    np.testing.assert_allclose(forward, central, rtol=accuracy, atol=accuracy)
    by_argument = np.abs(central.reshape(3, 4))
    assert np.all(by_argument[:, 0] > 1e-4)
    if kind not in ("bounded_values", *VALUE_KINDS):
        assert np.max(by_argument[:, 1]) > 1e-3
    if kind not in ("subspace", "affine", "orthant", "monotone", "value_intersection"):
        assert np.max(by_argument[:, 3]) > 1e-3  # the set's parameters matter


def test_derivative_at_rank_deficient_features():
    """The minimum-norm solution: the pseudoinverse."""
    features, weights, target = problem("subspace", "deficient")
    hypothesis = hypothesis_class(Subspace(), jnp.asarray(features))
    jacobian = jax.jacobian(lambda t: project(hypothesis, t).coefficients)(jnp.asarray(target))
    np.testing.assert_allclose(jacobian, np.linalg.pinv(features), atol=1e-9)
    zero = hypothesis_class(Subspace(), jnp.zeros((SIZE, 2)))
    assert not np.any(jax.jacobian(lambda t: project(zero, t).coefficients)(jnp.asarray(target)))


def test_derivative_over_columns_of_any_units():
    """In units of the columns it is that of the plain columns, also where columns depend on each other."""
    features, _, target = problem("orthant", "plain")
    units = 10.0 ** np.array([18, 0, -12])
    for given in (features, features[:, [0, 1, 1]]):
        for kind in (Subspace(), Orthant(), Affine()):

            def values(goal, matrix, kind=kind):
                return project(hypothesis_class(kind, jnp.asarray(matrix)), goal).values

            plain, moved = (
                jax.jacobian(functools.partial(values, matrix=matrix))(jnp.asarray(target))
                for matrix in (given, given * units)
            )
            np.testing.assert_allclose(moved, plain, atol=1e-9)


def test_derivative_at_degenerate_points():
    """A constraint that is active with multiplier zero stays active."""
    eye = jnp.eye(3)
    target = jnp.asarray([1.0, 0.0, -1.0])
    orthant = hypothesis_class(Orthant(), eye)
    jacobian = jax.jacobian(lambda t: project(orthant, t).coefficients)(target)
    np.testing.assert_allclose(jacobian, np.diag([1.0, 0.0, 0.0]), atol=1e-12)
    ball = hypothesis_class(L2Ball(jnp.asarray(1.0)), eye)
    edge = jnp.asarray([0.6, 0.8, 0.0])
    jacobian = jax.jacobian(lambda t: project(ball, t).coefficients)(edge)
    tangent = np.eye(3) - np.outer(edge, edge)
    np.testing.assert_allclose(jacobian, tangent, atol=1e-6)


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k not in ("polyhedron_equality", "intersection")]
)
def test_gradients_are_finite_where_all_features_vanish(kind):
    features, weights, _ = map(jnp.asarray, problem(kind, "zeros"))
    point = (jnp.zeros(SIZE), features, weights, parameters())
    moves = jax.tree.map(lambda leaf: jnp.zeros((4 * DIRECTIONS, *leaf.shape)), point)
    (gradient, *_), _, _ = derivatives(kind)(point, moves, jnp.ones(SIZE))
    assert np.all(np.isfinite(gradient))


def test_bounds_carry_no_derivative():
    features, weights, target = map(jnp.asarray, problem("l2_ball", "plain"))
    hypothesis = build("l2_ball", features, weights, parameters())
    for name in ("gap", "offset", "slope"):
        gradient = jax.grad(lambda t, n=name: getattr(project(hypothesis, t), n))(target)
        assert not np.any(gradient)


def test_weights_are_normalised():
    """Only ratios of the weights matter, at any scale."""
    features, weights, target = map(jnp.asarray, problem("simplex", "plain"))
    plain = values("simplex", target, features, weights, parameters())
    for scale in (1e-300, 1e300):
        scaled = values("simplex", target, features, scale * weights, parameters())
        np.testing.assert_allclose(scaled.values, plain.values, rtol=1e-9)
    ones = hypothesis_class(Subspace(), features)
    np.testing.assert_allclose(ones.weights, np.full(SIZE, 1 / SIZE), rtol=1e-15)


@pytest.fixture
def unchecked():
    """The library as its users have it: types are not checked before it is called."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


def plain_class(**changes):
    arguments: dict[str, Any] = {"set": Subspace(), "features": jnp.ones((4, 2))}
    return hypothesis_class(**(arguments | changes))


REFUSED = [
    ({"method": "svd"}, "method: expected 'qr' or 'gram', got 'svd'"),
    ({"features": None}, "features: the set 'subspace' constrains coefficients and needs them"),
    ({"features": jnp.ones(4)}, r"features: expected shape \(n, d\) .* got \(4,\)"),
    ({"features": jnp.ones((0, 2))}, r"features: expected shape \(n, d\) .* got \(0, 2\)"),
    ({"features": jnp.ones((4, 2), complex)}, "features: expected .* real numbers, got complex128"),
    ({"features": jnp.full((4, 2), 2**53 + 1)}, "features: whole numbers .* than a float64 holds"),
    ({"features": jnp.asarray([[1.0], [jnp.nan]])}, r"features\[1, 0\]: nan is not finite"),
    ({"features": jnp.asarray([[jnp.inf], [0.0]])}, r"features\[0, 0\]: inf is not finite"),
    ({"weights": jnp.ones(3)}, r"weights: expected shape \(4,\) like the features, got \(3,\)"),
    ({"weights": jnp.asarray([1.0, -1, 1, 1])}, r"weights\[1\]: -1.0 is negative or not finite"),
    ({"weights": jnp.asarray([1.0, 1, jnp.nan, 1])}, r"weights\[2\]: nan is negative or not fin"),
    ({"weights": jnp.zeros(4)}, "weights: all are zero"),
    ({"set": Affine(), "intercept": False}, "intercept: the set 'affine' always has one"),
    ({"set": Subspace}, "set: expected a ConvexSet, got ABCMeta"),
    ({"set": Monotone()}, r"features: the set 'monotone' constrains values .* \(4, 2\)"),
    (
        {"set": Monotone(), "features": None, "weights": jnp.ones(4), "intercept": True},
        "intercept: the set of values 'monotone' takes none",
    ),
    ({"set": Monotone(), "features": None}, r"weights: the set of values 'monotone' needs them"),
    (
        {"set": Monotone(), "features": None, "weights": jnp.ones((2, 2))},
        r"weights: expected shape \(n,\) with n >= 1, got \(2, 2\)",
    ),
    (
        {"set": Monotone(), "features": None, "weights": jnp.ones(2, bool)},
        "weights: expected an array of real numbers, got bool",
    ),
    (
        {"set": RKHSBall(jnp.asarray(1.0), jnp.eye(4))},
        "features: an rkhs_ball with a kernel brings its own features",
    ),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_wrong_arguments_of_a_class(unchecked, changes, message):
    with pytest.raises(ValueError, match=message):
        plain_class(**changes)


def test_wrong_targets(unchecked):
    hypothesis = plain_class()
    with pytest.raises(ValueError, match=r"target: expected shape \(4,\), got \(3,\)"):
        project(hypothesis, jnp.ones(3))
    with pytest.raises(ValueError, match=r"target: expected shape \(4,\), got \(2, 4\)"):
        project(hypothesis, jnp.ones((2, 4)))
    with pytest.raises(ValueError, match="target: expected the class's dtype float64, got float32"):
        project(hypothesis, jnp.ones(4, jnp.float32))


def test_values_never_raise_under_jit():
    """What the host refuses comes back as a status."""

    @jax.jit
    def run(features, weights, target):
        return project(hypothesis_class(Subspace(), features, weights), target)

    good = jnp.asarray(np.random.default_rng(0).normal(size=(4, 2)))
    ones = jnp.ones(4)
    assert run(good, ones, ones).status == Status.CERTIFIED
    bad = ones.at[1].set(jnp.nan)
    for answer in (run(good.at[0, 0].set(jnp.nan), ones, ones), run(good, ones, bad),
                   run(good, bad, ones)):  # fmt: skip
        assert answer.status == Status.NONFINITE
        assert answer.gap == jnp.inf
    batch = jax.vmap(run, (None, None, 0))(good, ones, jnp.stack([ones, bad]))
    assert list(batch.status) == [Status.CERTIFIED, Status.NONFINITE]


def test_kernels():
    """An RKHS ball from its kernel is the ball over any of its feature maps."""
    random = np.random.default_rng(0)
    features = jnp.asarray(random.normal(size=(SIZE, DIMENSION)))
    target = jnp.asarray(random.normal(size=SIZE))
    kernel = features @ features.T
    ball = RKHSBall(jnp.asarray(0.5), kernel)
    by_kernel = project(hypothesis_class(ball), target)
    by_features = project(hypothesis_class(L2Ball(jnp.asarray(0.5)), features), target)
    np.testing.assert_allclose(by_kernel.values, by_features.values, atol=1e-9)
    np.testing.assert_allclose(ball.features() @ ball.features().T, kernel, atol=1e-12)
    truncated = RKHSBall(jnp.asarray(0.5), kernel, rank=DIMENSION)
    assert truncated.features().shape == (SIZE, DIMENSION)
    np.testing.assert_allclose(truncated.features() @ truncated.features().T, kernel, atol=1e-12)
