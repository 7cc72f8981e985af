"""Intersections against Clarabel, by their own certificates, and at deliberately wrong points."""

import functools

import cvxpy
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.projecting.sets._restrictions import restrictions
from w2sjax.projecting.sets.balls import L1Ball, L2Ball
from w2sjax.projecting.sets.box import Box, Orthant
from w2sjax.projecting.sets.ellipsoid import Ellipsoid
from w2sjax.projecting.sets.function_values import BoundedValues, Monotone
from w2sjax.projecting.sets.intersection import Intersection, ValueIntersection, intersect
from w2sjax.projecting.sets.polyhedron import Polyhedron
from w2sjax.projecting.sets.simplex import Simplex
from w2sjax.projecting.sets.subspace import Subspace
from w2sjax.projecting.solvers.least_squares import LeastSquares, euclidean

SIZE, COUNT = 6, 48


def build(kind, key, centre):
    """A random set of a kind with `centre` inside it."""
    dtype, size = centre.dtype, centre.shape[0]
    first, second = jax.random.split(key)
    room = 10 ** jax.random.uniform(first, (), dtype, -1.0, 0.3)
    match kind:
        case "l2_ball":
            return L2Ball(jnp.sqrt(jnp.sum(centre**2)) + room)
        case "l1_ball":
            return L1Ball(jnp.sum(jnp.abs(centre)) + room)
        case "simplex":
            return Simplex(jnp.sum(centre))
        case "orthant":
            return Orthant()
        case "subspace":
            return Subspace()
        case "box":
            widths = 10 ** jax.random.uniform(second, (2, size), dtype, -1.0, 1.0)
            return Box(centre - widths[0], centre + widths[1])
        case "ellipsoid":
            shape = Ellipsoid.random(first, size, dtype).cholesky
            return Ellipsoid(0.3 * shape, centre + 0.05 * jax.random.normal(second, (size,), dtype))
        case "polyhedron":
            random = Polyhedron.random(first, size, dtype)
            slack = 0.01 + jax.random.exponential(second, (size + 2,), dtype)
            return Polyhedron(
                matrix=random.matrix,
                bound=random.matrix @ centre + slack,
                equality=random.equality,
                level=random.equality @ centre,
                interior=centre,
            )
    raise ValueError(kind)


PAIRS = [
    ("l2_ball", "box"),
    ("l2_ball", "simplex"),
    ("ellipsoid", "orthant"),
    ("polyhedron", "l1_ball"),
    ("simplex", "polyhedron"),
    ("l1_ball", "box"),
    ("ellipsoid", "l2_ball"),
    ("polyhedron", "l2_ball"),
    ("simplex", "box"),
    ("box", "orthant"),
]
QUICK = 5  # every pair is a program of its own to compile; the others are slow
each_pair = pytest.mark.parametrize(
    "pair",
    PAIRS[:QUICK] + [pytest.param(pair, marks=pytest.mark.slow) for pair in PAIRS[QUICK:]],
    ids=lambda pair: "-".join(pair),
)


def instance(pair, key, dtype=jnp.float64):
    """Condition number 1e4, features of scale 1e-6 to 1e6, singular one time in four."""
    keys = jax.random.split(key, 9)
    centre = 0.05 + jnp.abs(jax.random.normal(keys[0], (SIZE,), dtype))
    both = Intersection(build(pair[0], keys[1], centre), build(pair[1], keys[2], centre), centre)
    scale = 10 ** jax.random.uniform(keys[3], (), dtype, -6.0, 6.0)
    singular = scale * jnp.asarray(np.logspace(0, -4, SIZE), dtype)
    few = jax.random.bernoulli(keys[4], 0.25) & (jnp.arange(SIZE) >= SIZE // 2)
    singular = jnp.where(few, 0, singular)
    right = jnp.linalg.qr(jax.random.normal(keys[5], (SIZE, SIZE), dtype))[0]
    far = 10 ** jax.random.uniform(keys[6], (), dtype, -1.0, 1.0)
    theta = centre + far * jax.random.normal(keys[7], (SIZE,), dtype)
    response = singular * (right.T @ theta)
    noise = jnp.sqrt(jnp.sum(response**2)) * jax.random.normal(keys[8], (SIZE,), dtype)
    response = response + jnp.where(few, 0, 0.1 * noise)
    rank = jnp.sum(~few).astype(jnp.int32)
    return both, LeastSquares(singular, right, response, jnp.ones_like(response), rank)


def solve(both, system):
    return both.solve(system, max_steps=100)


def relative_gap(both, system, solution):
    """The Frank-Wolfe gap that the hint proves, over the squared response."""
    theta = solution.coefficients
    gradient = system.factor.T @ (system.response - system.factor @ theta)
    support = both.support(gradient, solution.dual)
    extent = both.extent(theta.shape[0], theta.dtype)
    reach = jnp.where(jnp.isfinite(extent), extent, 2 * jnp.abs(theta))
    return (support.within(reach) - jnp.sum(gradient * theta)) / jnp.sum(system.response**2)


def evaluate(both, system, key):
    """Everything the tests ask of one instance, compiled once a pair."""
    solution = both.solve(system, max_steps=100)
    wrong = 2 * jax.random.normal(key, (SIZE,), jnp.float64)
    return {
        "solution": solution,
        "gap": relative_gap(both, system, solution),
        "outside": both.distance(solution.coefficients).upper(),
        "wrong": wrong,
        "wrong_distance": both.distance(wrong).upper(),
    }


@functools.cache
def solved(pair, count=COUNT):
    keys = jax.random.split(jax.random.key(PAIRS.index(pair)), count)
    sets, systems = jax.vmap(functools.partial(instance, pair))(keys)
    return sets, systems, jax.jit(jax.vmap(evaluate))(sets, systems, keys)


def constraints(convex_set, theta):
    """What cvxpy has to know."""
    match convex_set:
        case Intersection():
            return constraints(convex_set.first, theta) + constraints(convex_set.second, theta)
        case L2Ball():
            return [cvxpy.norm(theta) <= float(convex_set.radius)]
        case L1Ball():
            return [cvxpy.norm1(theta) <= float(convex_set.radius)]
        case Simplex():
            return [theta >= 0, cvxpy.sum(theta) == float(convex_set.total)]
        case Orthant():
            return [theta >= 0]
        case Box():
            return [theta >= np.asarray(convex_set.lower), theta <= np.asarray(convex_set.upper)]
        case Ellipsoid():
            shape = np.asarray(convex_set.cholesky).T
            return [cvxpy.norm(shape @ (theta - np.asarray(convex_set.centre))) <= 1]
        case Polyhedron():
            return [
                np.asarray(convex_set.matrix) @ theta <= np.asarray(convex_set.bound),
                np.asarray(convex_set.equality) @ theta == np.asarray(convex_set.level),
            ]
    return []


def oracle(convex_set, factor, response):
    """Least distance of the response, by Clarabel."""
    theta = cvxpy.Variable(factor.shape[1])
    loss = cvxpy.norm(factor @ theta - response)
    problem = cvxpy.Problem(cvxpy.Minimize(loss), constraints(convex_set, theta))
    return float(problem.solve(solver=cvxpy.CLARABEL))  # pyright: ignore[reportArgumentType]


def take(tree, index):
    return jax.tree.map(lambda leaf: leaf[index], tree)


@each_pair
def test_solve_agrees_with_clarabel(pair):
    sets, systems, found = solved(pair)
    for index in range(3):
        both, system = take(sets, index), take(systems, index)
        norm = np.linalg.norm(system.response)
        factor, response = np.asarray(system.factor) / norm, np.asarray(system.response) / norm
        ours = factor @ np.asarray(found["solution"].coefficients[index]) - response
        exact = oracle(both, factor, response)
        assert np.linalg.norm(ours) == pytest.approx(exact, abs=1e-5, rel=1e-5)


@each_pair
def test_hint_certifies(pair):
    found = solved(pair)[2]
    assert np.all(np.isfinite(found["gap"]))
    assert np.max(found["gap"]) <= 1e-9
    assert np.quantile(found["gap"], 0.9) <= 1e-10
    assert np.max(found["solution"].steps) < 60


@each_pair
def test_solutions_are_inside(pair):
    assert np.max(solved(pair)[2]["outside"]) <= 1e-8


@pytest.mark.parametrize("pair", [PAIRS[1], PAIRS[2], PAIRS[4]], ids=lambda pair: "-".join(pair))
def test_support_without_hint_bounds_drawn_members(pair):
    sets = solved(pair)[0]

    def slack(both, key):
        direction_key, member_key = jax.random.split(key)
        direction = jax.random.normal(direction_key, (SIZE,), jnp.float64)
        member = both.draw(member_key, SIZE, jnp.float64)
        support = both.support(direction)
        value = support.within(jnp.abs(member)) - jnp.sum(direction * member)
        return value, both.distance(member).upper()

    slacks, outside = jax.jit(jax.vmap(slack))(sets, jax.random.split(jax.random.key(5), COUNT))
    assert np.min(slacks) >= -1e-9
    assert np.max(outside) <= 1e-8


@each_pair
def test_distance_covers_wrong_points(pair):
    sets, _, found = solved(pair)
    assert np.all(np.isfinite(found["wrong_distance"]))
    for index in range(3):
        exact = oracle(take(sets, index), np.eye(SIZE), np.asarray(found["wrong"][index]))
        assert exact <= found["wrong_distance"][index] + 1e-6


def test_batch_is_one_call_is_eager():
    sets, systems, found = solved(("l2_ball", "box"))
    one = jax.jit(solve)(take(sets, 0), take(systems, 0))
    batched = found["solution"].coefficients[0]
    np.testing.assert_allclose(one.coefficients, batched, rtol=1e-6, atol=1e-8)
    few = functools.partial(Intersection.solve, max_steps=1)
    jitted = jax.jit(few)(take(sets, 0), take(systems, 0))
    with jax.disable_jit():
        eager = few(take(sets, 0), take(systems, 0))
    np.testing.assert_allclose(eager.coefficients, jitted.coefficients, rtol=1e-10)
    assert eager.steps == jitted.steps == 1


def test_projection_is_idempotent_and_certified():
    both = Intersection.random(jax.random.key(1), SIZE, jnp.float64)
    point = 5 * jax.random.normal(jax.random.key(2), (SIZE,), jnp.float64)
    project = jax.jit(both.project)
    once = project(point)
    np.testing.assert_allclose(project(once), once, atol=1e-7)
    assert both.margin(both.interior) > 0
    exact = oracle(both, np.eye(SIZE), np.asarray(point))
    assert float(jnp.linalg.norm(once - point)) == pytest.approx(exact, abs=1e-7)


def test_one_dimension():
    size = 1
    both = Intersection.random(jax.random.key(size), size, jnp.float64)
    point = 5 * jax.random.normal(jax.random.key(2), (size,), jnp.float64)
    exact = oracle(both, np.eye(size), np.asarray(point))
    assert float(jnp.linalg.norm(jax.jit(both.project)(point) - point)) == pytest.approx(
        exact, abs=1e-6
    )


def test_single_precision():
    pair = ("l2_ball", "box")
    keys = jax.random.split(jax.random.key(0), COUNT)
    build_one = functools.partial(instance, pair, dtype=jnp.float32)
    sets, systems = jax.vmap(build_one)(keys)
    solutions = jax.jit(jax.vmap(solve))(sets, systems)
    assert solutions.coefficients.dtype == jnp.float32
    gaps = jax.jit(jax.vmap(relative_gap))(sets, systems, solutions)
    assert np.quantile(gaps, 0.9) <= 1e-3


def test_nested():
    centre = jnp.full((SIZE,), 0.2)
    inner = intersect(L2Ball(jnp.asarray(1.0)), Orthant(), centre)
    both = intersect(inner, Simplex(jnp.sum(centre)), centre)
    point = jnp.asarray(np.linspace(-1, 2, SIZE))
    system = euclidean(point)
    solution = jax.jit(solve)(both, system)
    exact = oracle(both, np.eye(SIZE), np.asarray(point))
    assert float(jnp.linalg.norm(solution.coefficients - point)) == pytest.approx(exact, abs=1e-7)
    assert relative_gap(both, system, solution) <= 1e-10


def test_intersect_finds_an_interior_point():
    both = intersect(Simplex(jnp.asarray(1.0)), Box(jnp.full(4, -1.0), jnp.full(4, 0.4)))
    assert isinstance(both, Intersection)
    assert both.distance(both.interior).upper() < 1e-12
    assert np.all(both.interior > 0.01) and np.all(both.interior < 0.39)
    assert both.distance(both.interior + 0.1).upper() < 2


def test_intersect_refuses():
    with pytest.raises(ValueError, match="constrains"):
        intersect(Monotone(), Orthant())
    with pytest.raises(ValueError, match="do not meet"):
        intersect(L2Ball(jnp.asarray(1.0)), Box(jnp.full(3, 2.0), jnp.full(3, 3.0)))
    with pytest.raises(ValueError, match="dimension"):
        intersect(L2Ball(jnp.asarray(1.0)), Orthant())
    with pytest.raises(ValueError, match="shape"):
        intersect(L2Ball(jnp.asarray(1.0)), Orthant(), jnp.zeros(2), dimension=3)
    with pytest.raises(ValueError, match="nothing is known of values in a subspace"):
        ValueIntersection(Monotone(), Subspace())  # pyright: ignore[reportArgumentType]


def test_monotone_and_bounded():
    both = intersect(BoundedValues(jnp.asarray(0.7)), Monotone())
    assert isinstance(both, ValueIntersection)
    point = jax.random.normal(jax.random.key(0), (30,)) + jnp.linspace(-1, 1, 30)
    weights = jax.random.dirichlet(jax.random.key(1), jnp.ones(30))
    ours = both.project(point, weights)
    values = cvxpy.Variable(30)
    roots = np.sqrt(np.asarray(weights))
    loss = cvxpy.sum_squares(cvxpy.multiply(roots, values - np.asarray(point)))
    cvxpy.Problem(cvxpy.Minimize(loss), [cvxpy.diff(values) >= 0, cvxpy.abs(values) <= 0.7]).solve(
        solver=cvxpy.CLARABEL
    )
    np.testing.assert_allclose(roots * np.asarray(ours), roots * values.value, atol=1e-5)
    residual = point - ours
    gap = both.support(residual, weights).value - jnp.sum(weights * residual * ours)
    assert 0 <= gap <= 1e-13
    assert both.contains(ours)


def test_values_support_and_distance_are_bounds():
    both = ValueIntersection.random(jax.random.key(0), 12, jnp.float64)

    def one(key):
        keys = jax.random.split(key, 3)
        direction = jax.random.normal(keys[0], (12,), jnp.float64)
        member = both.draw(keys[1], 12, jnp.float64)
        wrong = jax.random.normal(keys[2], (12,), jnp.float64)
        attained = jnp.max(direction @ steps)
        way = jnp.sqrt(jnp.sum((both.project(wrong) - wrong) ** 2))
        value = both.support(direction).value
        outside = both.distance(member).upper()
        return (
            value - jnp.sum(direction * member),
            value - attained,
            both.distance(wrong).upper() - way,
            outside,
        )

    bound = both.second.bound  # pyright: ignore[reportAttributeAccessIssue]
    steps = bound * jnp.where(jnp.arange(12)[:, None] >= jnp.arange(13)[None, :], 1.0, -1.0)
    slack, excess, distance, outside = jax.vmap(one)(jax.random.split(jax.random.key(4), 64))
    assert np.min(slack) >= 0
    assert 0 <= np.min(excess) and np.max(excess) <= 1e-12
    assert np.min(distance) >= -1e-12
    assert np.max(outside) <= 1e-12


def test_what_stands_above_the_diagonal_of_an_ellipsoid_does_not_count():
    centre, lower = jnp.zeros(2), jnp.asarray([[1.0, 0.0], [0.5, 2.0]])
    with_more = Ellipsoid(lower + jnp.triu(jnp.ones((2, 2)), 1), centre)
    one, other = (restrictions(e, 2, jnp.float64)[0] for e in (with_more, Ellipsoid(lower, centre)))
    np.testing.assert_array_equal(one.shapes, other.shapes)
