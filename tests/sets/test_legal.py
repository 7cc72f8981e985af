"""Sets built in Python: what describes no set is refused on the host, and never in a trace."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import w2sjax.projecting.sets
from w2sjax.projecting.sets import SETS, Box, L2Ball

Kinds: Any = w2sjax.projecting.sets  # to be called with what their types forbid
NAN, INF, EYE = np.nan, np.inf, np.eye(2)
NONE, NO_LEVEL = np.zeros((0, 2)), np.zeros(0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Kinds.L2Ball(-1), "l2_ball needs a positive radius, got -1"),
        (lambda: Kinds.L2Ball(jnp.asarray([1.0, 0.0])), r"l2_ball needs a positive radius, got 0.0 at \[1\]"),
        (lambda: Kinds.L2Ball(NAN), "l2_ball needs numbers for its radius, got nan"),
        (lambda: Kinds.L2Ball("1"), "l2_ball needs real numbers for its radius, got '1'"),
        (lambda: Kinds.L2Ball(None), "l2_ball needs real numbers for its radius, got None"),
        (lambda: Kinds.L1Ball(-1), "l1_ball needs a positive radius, got -1"),
        (lambda: Kinds.L1Ball(INF), "l1_ball needs a positive radius, got inf"),
        (lambda: Kinds.Simplex(-1), "simplex needs a positive total, got -1"),
        (lambda: Kinds.BoundedValues(-1.0), "bounded_values needs a positive bound, got -1.0"),
        (lambda: Kinds.RKHSBall(-1.0), "rkhs_ball needs a positive radius, got -1.0"),
        (lambda: Kinds.RKHSBall(1.0, np.ones((2, 3))), r"square kernel, got shape \(2, 3\)"),
        (lambda: Kinds.RKHSBall(1.0, np.full((2, 2), INF)), r"finite kernel, got inf at \[0, 0\]"),
        (lambda: Kinds.Box(1, -1), "box needs lower <= upper, got 1 and -1"),
        (lambda: Kinds.Box(np.zeros(3), np.array([1.0, 0, -2])), "lower <= upper, got 0.0 and -2.0"),
        (lambda: Kinds.Box(INF, INF), "box needs lower <= upper, got inf and inf"),
        (lambda: Kinds.Box(-INF, -INF), "box needs lower <= upper, got -inf and -inf"),
        (lambda: Kinds.Box(0.0, NAN), "box needs numbers for its upper bound, got nan"),
        (lambda: Kinds.Box(np.zeros(3), np.ones(2)), r"bounds of one shape, got \(3,\) and \(2,\)"),
        (lambda: Kinds.Ellipsoid(np.zeros((2, 2)), np.zeros(2)), "nonzero diagonal entries"),
        (lambda: Kinds.Ellipsoid(EYE * NAN, np.zeros(2)), "ellipsoid needs numbers for its factor"),
        (lambda: Kinds.Ellipsoid(EYE, np.array([0, INF])), r"finite centre, got inf at \[1\]"),
        (lambda: Kinds.Ellipsoid(EYE, np.zeros(3)), r"centre has shape \(3,\), its matrix \(2, 2\)"),
        (lambda: Kinds.Ellipsoid.from_matrix(-jnp.eye(2)), "matrix is not positive definite"),
        (lambda: Kinds.Ellipsoid.from_matrix(1e-12 * jnp.tri(2)), "matrix is not symmetric"),
        (
            lambda: Kinds.Polyhedron(EYE, np.array([1, -INF]), NONE, NO_LEVEL, np.zeros(2)),
            "polyhedron needs bounds above -inf",
        ),
        (
            lambda: Kinds.Polyhedron(EYE, np.ones(2), NONE, NO_LEVEL, np.array([NAN, 0])),
            r"polyhedron needs numbers for its interior, got nan at \[0\]",
        ),
        (lambda: Kinds.Polyhedron.from_arrays(EYE, [1, -INF]), "polyhedron needs bounds above -inf"),
        (lambda: Kinds.Polyhedron.from_arrays(EYE, [1, NAN]), r"its bound, got nan at \[1\]"),
        (lambda: Kinds.Polyhedron.from_arrays([[INF, 0]], [1]), r"finite matrix, got inf at \[0, 0\]"),
        (lambda: Kinds.Polyhedron.from_arrays(EYE, [1, 1], [[1, 1]], [INF]), "needs a finite level"),
        (lambda: Kinds.Polyhedron.from_arrays([[0, 0]], [-1]), "row 0 says 0 <= -1, .* leave it out"),
        (lambda: Kinds.Polyhedron.from_arrays([[1], [-1]], [1, -2]), "no point satisfies all"),
        (
            lambda: Kinds.Polyhedron.from_arrays(np.r_[EYE, [[-1, -1]]], [0.1, 0.2, -0.3 - 1e-15]),
            r"rows \[0, 1, 2\] .* contradict each other by .*write the equation they mean in equality",
        ),
        (
            lambda: Kinds.Polyhedron.from_arrays(np.r_[EYE, [[-1, -1]]], [0.1, 0.2, -0.3]),
            r"rows \[0, 1, 2\] .* leave a room of .*write the equation they mean in equality",
        ),
        (lambda: Kinds.Polyhedron.from_arrays(EYE, [1, 1], [[1, 1], [2, 2]], [1, 3]), "no point satisfies"),
        (lambda: Kinds.Polyhedron.from_arrays(EYE, [1, 1], [[1, 1], [1, 1 + 4e-16]], [1, 1]), "dependent up"),
        (lambda: Kinds.intersect(Kinds.Simplex(1.0), Kinds.Simplex(2.0), dimension=2), "do not meet: no"),
        (
            lambda: Kinds.intersect(Kinds.Box(np.array([0.1, 0.2]), np.ones(2)), Kinds.Simplex(0.3)),
            "do not meet: .*contradict each other by 2.78e-17",
        ),
        (lambda: Kinds.intersect(Kinds.Box(np.zeros(2), np.ones(2)), Kinds.Box(np.zeros(3), np.ones(3))),
         "box has 2 coefficients, not 3"),
    ],
)  # fmt: skip
def test_no_set_is_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as refusal:
        make()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", SETS)
def test_trees_hold_anything(name):
    """JAX builds sets of tracers, of None and of plain objects; only users are checked."""
    convex_set = SETS[name].random(jax.random.key(0), 3, jnp.float64)
    for leaf in (None, object(), -1.0, np.nan):
        leaves = [leaf] * len(jax.tree.leaves(convex_set))
        tree = jax.tree.unflatten(jax.tree.structure(convex_set), leaves)
        assert type(tree) is type(convex_set)
    negative = jax.tree.map(lambda leaf: -leaf, convex_set)
    again = jax.jit(lambda tree: jax.tree.map(lambda leaf: -leaf, tree))(negative)
    jax.tree.map(np.testing.assert_array_equal, again, convex_set)


def test_no_check_in_a_trace():
    radii = jnp.asarray([1.0, -1.0])
    point = jnp.ones(2)
    moved = jax.vmap(lambda radius: L2Ball(radius).project(point))(radii)
    np.testing.assert_allclose(moved[0], point / np.sqrt(2))
    inside = jax.jit(lambda upper: Box(upper - 1, upper).project(point))(jnp.asarray(0.5))
    np.testing.assert_array_equal(inside, [0.5, 0.5])
