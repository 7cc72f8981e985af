r"""Convex sets of coefficients as linear and quadratic constraints, and their multipliers back.

A ball of the 1-norm has $2^d$ facets; it becomes $d + 1$ constraints on $x = (p, q) \ge 0$ with
$\theta = p - q$ and $\sum (p + q) \le r$, which lifts every other constraint as well.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.projecting.sets.balls import L1Ball, L2Ball
from w2sjax.projecting.sets.box import Box, Orthant
from w2sjax.projecting.sets.convex_set import CoefficientSet
from w2sjax.projecting.sets.ellipsoid import Ellipsoid
from w2sjax.projecting.sets.polyhedron import Polyhedron
from w2sjax.projecting.sets.simplex import Simplex
from w2sjax.projecting.sets.subspace import Subspace
from w2sjax.projecting.solvers.interior_point import Constraints, Point


def restrictions(
    convex_set: CoefficientSet, dimension: int, dtype
) -> tuple[Constraints, Float[Array, " p"]]:
    """Give the constraints of a set that is no intersection, and the radius if it is a 1-norm ball.

    Raises:
        ValueError: for a kind of set that this does not know.
    """
    one, square = (dimension,), (dimension, dimension)
    sizes = {"signs": (1,), "limits": one, "matrix": one, "bound": ()}
    sizes |= {"equality": one, "level": (), "shapes": square, "centres": one}
    held = {name: jnp.zeros((0, *size), dtype) for name, size in sizes.items()}
    radii = jnp.zeros((0,), dtype)
    if isinstance(convex_set, Orthant | Simplex):
        held |= {"signs": -jnp.ones((1, 1), dtype), "limits": jnp.zeros((1, dimension), dtype)}
    match convex_set:
        case Subspace() | Orthant():
            pass
        case L1Ball():
            radii = jnp.asarray(convex_set.radius, dtype)[None]
        case L2Ball():
            held["shapes"] = (jnp.eye(dimension, dtype=dtype) / convex_set.radius)[None]
            held["centres"] = jnp.zeros((1, dimension), dtype)
        case Ellipsoid():
            held["shapes"] = jnp.tril(convex_set.cholesky).T[None]
            held["centres"] = convex_set.centre[None]
        case Simplex():
            held["equality"] = jnp.ones((1, dimension), dtype)
            held["level"] = jnp.asarray(convex_set.total, dtype)[None]
        case Box():
            lower, upper = convex_set.ends(dimension, dtype)
            held["signs"] = jnp.asarray([[1.0], [-1.0]], dtype)
            held["limits"] = jnp.stack([upper, -lower])
        case Polyhedron():
            held |= {n: getattr(convex_set, n) for n in ("matrix", "bound", "equality", "level")}
        case _:
            raise ValueError(
                f"intersection: no constraints are known of a set of kind {convex_set.name}"
            )
    return Constraints(**held), radii


def stacked(
    pairs: list[tuple[Constraints, Float[Array, "..."]]],
) -> tuple[Constraints, Float[Array, "..."]]:
    """Put the constraints of several sets together, and the radii."""
    return jax.tree.map(lambda *parts: jnp.concatenate(parts), *pairs)


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
