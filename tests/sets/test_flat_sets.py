"""Open sides, rows that say nothing, and sets without interior: answers and their certificates."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax import Status, hypothesis_class, project
from w2sjax.projecting.sets import (
    Box,
    Intersection,
    L1Ball,
    L2Ball,
    Orthant,
    Polyhedron,
    Simplex,
    intersect,
)
from w2sjax.projecting.sets.parse import parse_set

EYE, NONE, INF = np.eye(2), np.zeros((0, 2)), np.inf
SQUARE = np.r_[EYE, -EYE]
FEATURES, TARGET = np.array([[1.0, 0], [0, 1], [1, 1]]), np.array([2.0, 2, 4])


def box(lower, upper):
    return Box(jnp.asarray(lower, float), jnp.asarray(upper, float))


def rows(matrix, bound, *equality):
    return Polyhedron.from_arrays(matrix, bound, *equality)


def direct(matrix, bound, interior):
    arrays = (matrix, bound, NONE, np.zeros(0), interior)
    return Polyhedron(*(jnp.asarray(array, float) for array in arrays))


def ball(radius):
    return L2Ball(jnp.asarray(radius))


SETS = {
    # infinite bounds
    "open box": (lambda: box([0, 0], [1, INF]), (1, 2.5)),
    "half open box": (lambda: box([-INF, 2.5], [1, INF]), (1, 2.5)),
    "open box from text": (lambda: parse_set("box:-inf,1.5"), (1.5, 1.5)),
    "all of space": (lambda: box(-INF, INF), (2, 2)),
    "open rows": (lambda: rows(EYE, [1, INF]), (1, 2.5)),
    "open rows as given": (lambda: direct(EYE, [1, INF], [0, 0]), (1, 2.5)),
    "open box and ball": (lambda: intersect(box([-INF, 0], [1, INF]), ball(5.0)), (1, 2.5)),
    "open boxes": (lambda: intersect(box([-INF, 0], [INF, 1]), box(-1, INF)), (2.5, 1)),
    "open box and simplex": (
        lambda: intersect(box([0, -INF], [0.5, INF]), Simplex(jnp.asarray(2.0))),
        (0.5, 1.5),
    ),
    # rows that say nothing, and rows that say the same
    "zero row": (lambda: rows(np.r_[[[0, 0]], EYE], [0, 1, 1]), (1, 1)),
    "zero row as given": (lambda: direct(np.r_[[[0, 0]], EYE], [0, 1, 1], [0, 0]), (1, 1)),
    "repeated rows": (lambda: rows(np.r_[EYE, EYE, 7 * EYE], [1, 1, 1, 1, 7, 7]), (1, 1)),
    "redundant rows": (lambda: rows(np.r_[EYE, [[1, 1]], EYE], [1, 1, 2, 3, 4]), (1, 1)),
    "repeated equality": (lambda: rows(EYE, [9, 9], [[1, 1], [2, 2]], [1, 2]), (0.5, 0.5)),
    # equalities that inequalities imply
    "two inequalities": (lambda: rows([[1, 1], [-1, -1], [1, 0]], [1, -1, 0.25]), (0.25, 0.75)),
    "scaled": (lambda: rows([[1, 1], [-8, -8], [1, 0]], [0.1, -0.8, 9]), (0.05, 0.05)),
    "a point": (lambda: rows([[1, 1], [-1, 0], [0, -1]], [0.75, -0.5, -0.25]), (0.5, 0.25)),
    "a fixed coefficient": (lambda: box([0.5, 0], [0.5, 9]), (0.5, 2.75)),
    "a fixed coefficient in a ball": (
        lambda: intersect(box([0.5, 0], [0.5, 9]), ball(5.0)),
        (0.5, 2.75),
    ),
    "facet of a simplex": (
        lambda: intersect(Simplex(jnp.asarray(1.0)), box([0.5, 0], [0.5, 1])),
        (0.5, 0.5),
    ),
    "a common facet": (lambda: intersect(box([0, 0], [1, 1]), box([1, 0], [2, 1])), (1, 1)),
    "a common corner": (lambda: intersect(box([0, 0], [1, 1]), box([1, 1], [2, 2])), (1, 1)),
    "facet and orthant": (lambda: intersect(box([-1, -1], [0, 1]), Orthant()), (0, 1)),
    "facet in a ball": (
        lambda: intersect(intersect(ball(5.0), box([0, 0], [1, 1])), box([1, 0], [2, 1])),
        (1, 1),
    ),
    "the same simplex": (
        lambda: intersect(Simplex(jnp.asarray(1.0)), Simplex(jnp.asarray(1.0)), dimension=2),
        (0.5, 0.5),
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_projection_is_certified(name):
    make, expected = SETS[name]
    convex_set = make()
    answer = project(hypothesis_class(convex_set, jnp.asarray(FEATURES)), jnp.asarray(TARGET))
    np.testing.assert_allclose(answer.coefficients, expected, rtol=1e-12, atol=1e-12)
    assert answer.status == Status.CERTIFIED and answer.gap < 1e-10


DRAWN = (
    "two inequalities",
    "a fixed coefficient in a ball",
    "facet of a simplex",
    "facet in a ball",
)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in DRAWN else pytest.mark.slow) for name in SETS]
)
def test_members_and_bounds(name):
    convex_set = SETS[name][0]()
    extent = np.asarray(convex_set.extent(2, jnp.float64))
    directions = jax.random.normal(jax.random.key(1), (16, 2), jnp.float64)

    def one(key, direction):
        member = convex_set.draw(key, 2, jnp.float64)
        margin = jnp.minimum(convex_set.margin(member), 9.0) * (1 - 1e-9)
        near = member + margin * direction / jnp.sqrt(jnp.sum(direction**2))
        doubt = 1e-7 * (1 + jnp.sqrt(jnp.sum(member**2)))
        slack = convex_set.support(direction).within(jnp.abs(member)) - jnp.sum(direction * member)
        inside = convex_set.contains(member) & (convex_set.contains(near) | (margin <= 0))
        return member, inside, slack + doubt, convex_set.constraints(member)[0]

    keys = jax.random.split(jax.random.key(0), 16)
    members, inside, slack, constraints = jax.jit(jax.vmap(one))(keys, directions)
    assert np.all(np.isfinite(members)) and np.all(inside) and np.all(slack >= 0)
    assert np.all(np.abs(members) <= extent[None, :] + 1e-12)
    assert np.all(constraints <= 1e-12)


def test_derivatives_towards_open_sides():
    """An infinite bound is never active, and a finite one opposite to it is where it binds."""
    features, target = jnp.asarray(FEATURES), jnp.asarray(TARGET)
    for lower, upper in (([-INF, -INF], [1, INF]), ([0, 0], [1, 99])):
        hypothesis = hypothesis_class(box(lower, upper), features)
        moved = jax.jacobian(lambda y, h=hypothesis: project(h, y).coefficients)(target)
        np.testing.assert_allclose(moved, [[0, 0, 0], [0, 0.5, 0.5]], atol=1e-12)


def test_what_linear_sets_without_interior_become():
    flat = intersect(box([0, 0], [1, 1]), box([1, 0], [2, 1]))
    assert isinstance(flat, Polyhedron)
    np.testing.assert_array_equal(flat.equality / flat.level[:, None], [[1, 0]])
    assert np.all(np.isfinite(flat.extent(2, jnp.float64)))
    roomy = intersect(box([0, 0], [1, 1]), box([0.5, 0], [2, 1]))
    assert isinstance(roomy, Intersection)
    simplex = intersect(Simplex(jnp.asarray(1.0)), box([0, 0], [0.5, 1]))
    assert isinstance(simplex, Intersection)


def test_a_thin_slab_is_not_taken_for_an_equality():
    """A room of 1e-9 is a room: the answer uses it, and the certificate does not claim too much."""
    slab = rows([[1, 0], [-1, 0], [0, 1]], [1 + 1e-9, -1, 5])
    assert slab.level.shape == (0,)
    answer = project(hypothesis_class(slab, jnp.asarray(FEATURES)), jnp.asarray(TARGET))
    np.testing.assert_allclose(answer.coefficients, [1 + 1e-9, 2.5 - 5e-10], rtol=1e-13)


def test_an_interior_point_that_is_none_proves_nothing():
    """A point with a row violated used to count as the place to which a way leads inside."""
    wrong = direct(EYE, [1, 1], [5, 0])
    assert wrong.distance(jnp.asarray([2.0, 0])).upper() == np.inf
    assert wrong.distance(jnp.asarray([0.0, 0])).upper() < 1e-300


def test_more_rows_than_coefficients_take_part():
    inner = rows(np.r_[SQUARE, SQUARE], np.ones(8))
    both = intersect(inner, L1Ball(jnp.asarray(1.5)))
    assert isinstance(both, Intersection) and both.interior.shape == (2,)


def test_nearly_dependent_features_under_rows_that_stay_inactive():
    features = np.array([[1, 1], [1, 1 + 1e-5], [1, 1 - 1e-5], [0, 0]])
    target = jnp.asarray([0.0, 1, -1, 0])
    wide = rows(SQUARE, np.full(4, 1e6))
    answer = project(hypothesis_class(wide, jnp.asarray(features)), target)
    np.testing.assert_allclose(answer.coefficients, [-1e5, 1e5], rtol=1e-10)
    assert answer.status == Status.CERTIFIED
    assert jnp.mean((answer.values - target) ** 2) < 1e-18
