r"""Convex sets of coefficients as linear and quadratic constraints, and their multipliers back.

A ball of the 1-norm has $2^d$ facets; it becomes $d + 1$ constraints on $x = (p, q) \ge 0$ with
$\theta = p - q$ and $\sum (p + q) \le r$, which lifts every other constraint as well.
"""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.sets.box import Box
from w2sjax.sets.convex_set import CoefficientSet
from w2sjax.sets.ellipsoid import Ellipsoid
from w2sjax.sets.l1_ball import L1Ball
from w2sjax.sets.l2_ball import L2Ball
from w2sjax.sets.orthant import Orthant
from w2sjax.sets.polyhedron import Polyhedron
from w2sjax.sets.simplex import Simplex
from w2sjax.sets.subspace import Subspace
from w2sjax.solvers.interior_point import Constraints, Point


def restrictions(
    convex_set: CoefficientSet, dimension: int, dtype
) -> tuple[Constraints, Float[Array, " p"]]:
    """Give the constraints of a set that is no intersection, and the radius if it is a 1-norm ball.

    Raises:
        ValueError: for a kind of set that this does not know.
    """
    none = Constraints(
        signs=jnp.zeros((0, 1), dtype),
        limits=jnp.zeros((0, dimension), dtype),
        matrix=jnp.zeros((0, dimension), dtype),
        bound=jnp.zeros((0,), dtype),
        equality=jnp.zeros((0, dimension), dtype),
        level=jnp.zeros((0,), dtype),
        shapes=jnp.zeros((0, dimension, dimension), dtype),
        centres=jnp.zeros((0, dimension), dtype),
    )
    no_radius = jnp.zeros((0,), dtype)
    nonnegative = dataclasses.replace(
        none, signs=-jnp.ones((1, 1), dtype), limits=jnp.zeros((1, dimension), dtype)
    )
    match convex_set:
        case Subspace():
            return none, no_radius
        case L1Ball():
            return none, jnp.asarray(convex_set.radius, dtype)[None]
        case L2Ball():
            shape = jnp.eye(dimension, dtype=dtype) / convex_set.radius
            centre = jnp.zeros((1, dimension), dtype)
            return dataclasses.replace(none, shapes=shape[None], centres=centre), no_radius
        case Ellipsoid():
            shape, centre = jnp.tril(convex_set.cholesky).T, convex_set.centre[None]
            return dataclasses.replace(none, shapes=shape[None], centres=centre), no_radius
        case Orthant():
            return nonnegative, no_radius
        case Simplex():
            equality = jnp.ones((1, dimension), dtype)
            level = jnp.asarray(convex_set.total, dtype)[None]
            return dataclasses.replace(nonnegative, equality=equality, level=level), no_radius
        case Box():
            lower, upper = convex_set.ends(dimension, dtype)
            signs = jnp.asarray([[1.0], [-1.0]], dtype)
            limits = jnp.stack([upper, -lower])
            return dataclasses.replace(none, signs=signs, limits=limits), no_radius
        case Polyhedron():
            names = ("matrix", "bound", "equality", "level")
            rows = {name: getattr(convex_set, name) for name in names}
            return dataclasses.replace(none, **rows), no_radius
    raise ValueError(f"intersection: no constraints are known for a set of kind {convex_set.name}")


def stacked(parts: list[Constraints]) -> Constraints:
    """Put the constraints of several sets together."""
    names = [field.name for field in dataclasses.fields(Constraints)]
    return Constraints(
        **{name: jnp.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


def bounds_as_rows(constraints: Constraints) -> tuple[Float[Array, "r n"], Float[Array, " r"]]:
    """Write all inequalities but the quadratic ones as rows, those on coordinates last."""
    count, dimension = constraints.limits.shape
    identity = jnp.eye(dimension, dtype=constraints.limits.dtype)
    rows = constraints.signs[:, :, None] * identity[None]
    return (
        jnp.concatenate([constraints.matrix, rows.reshape(count * dimension, dimension)]),
        jnp.concatenate([constraints.bound, constraints.limits.ravel()]),
    )


def lift(constraints: Constraints, radii: Float[Array, " p"]) -> Constraints:
    r"""Rewrite constraints on $\theta$ as constraints on $(p, q)$, those of 1-norm balls added."""
    dtype, dimension = radii.dtype, constraints.limits.shape[1]
    matrix, bound = bounds_as_rows(constraints)
    sums = jnp.ones((radii.shape[0], 2 * dimension), dtype)
    half = jnp.zeros_like(constraints.centres)
    return Constraints(
        signs=-jnp.ones((1, 1), dtype),
        limits=jnp.zeros((1, 2 * dimension), dtype),
        matrix=jnp.concatenate([jnp.concatenate([matrix, -matrix], axis=1), sums]),
        bound=jnp.concatenate([bound, radii]),
        equality=jnp.concatenate([constraints.equality, -constraints.equality], axis=1),
        level=constraints.level,
        shapes=jnp.concatenate([constraints.shapes, -constraints.shapes], axis=2),
        centres=jnp.concatenate([constraints.centres, half], axis=1),
    )


def lift_point(point: Float[Array, " d"], radii: Float[Array, " p"]) -> Float[Array, " n"]:
    r"""Split $\theta$ into $p - q$, both positive, with half of the room in the 1-norm to spare."""
    room = jnp.min(radii) - jnp.sum(jnp.abs(point))
    spare = jnp.maximum(room, jnp.min(radii) / 100) / (4 * point.shape[0])
    return jnp.concatenate([jnp.maximum(point, 0), jnp.maximum(-point, 0)]) + spare


def unlift(
    point: Point, constraints: Constraints, radii: Float[Array, " p"]
) -> tuple[Point, Float[Array, "p d"]]:
    """Undo `lift`: the point over the original constraints, and what each 1-norm ball takes."""
    count, dimension = constraints.limits.shape
    rows = constraints.bound.shape[0]
    levels = point.rows[rows + count * dimension :]
    lower = point.bounds[0]
    # Stationarity in p and in q says level - lower twice over, with both signs.
    taken = (lower[dimension:] - lower[:dimension]) / 2
    total = jnp.sum(levels)
    shares = levels / jnp.where(total > 0, total, 1)
    original = Point(
        primal=point.primal[:dimension] - point.primal[dimension:],
        bounds=point.rows[rows : rows + count * dimension].reshape(count, dimension),
        rows=point.rows[:rows],
        equalities=point.equalities,
        normals=point.normals[:, :dimension],
        steps=point.steps,
    )
    return original, shares[:, None] * taken[None, :]
