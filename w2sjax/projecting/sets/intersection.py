"""Intersections built on the host, where a common point can be looked for and found missing."""

import functools
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.projecting.sets._implied_equalities import NoRoomError, Rows, with_implied
from w2sjax.projecting.sets._restrictions import bounds_as_rows, restrictions, stacked
from w2sjax.projecting.sets.balls import L1Ball, L2Ball
from w2sjax.projecting.sets.box import Box
from w2sjax.projecting.sets.coefficient_intersection import Intersection as Intersection
from w2sjax.projecting.sets.convex_set import CoefficientSet, ConvexSet, members
from w2sjax.projecting.sets.dimension import dimension_of
from w2sjax.projecting.sets.ellipsoid import Ellipsoid
from w2sjax.projecting.sets.function_values import ValueIntersection as ValueIntersection
from w2sjax.projecting.sets.polyhedron import Polyhedron


def intersect(
    first: ConvexSet,
    second: ConvexSet,
    interior: Float[Array, " d"] | None = None,
    *,
    dimension: int | None = None,
) -> Intersection | ValueIntersection | Polyhedron:
    """Intersect two sets on the host, looking for an interior point where none is given.

    Sets with linear constraints that meet without a common interior (two boxes that share a facet) make
    one `Polyhedron`, whose equalities say so.

    Args:
        first, second: two sets of coefficients or two sets of function values.
        interior: a point of both sets of coefficients, best with room around it.
        dimension: number of coefficients; needed where neither a set nor `interior` shows it.

    Raises:
        ValueError: if the spaces differ, the dimension is not known, or the sets visibly do not
            meet.
    """
    if first.space != second.space:
        raise ValueError(
            f"intersection: {first.name} constrains {first.space}, {second.name} {second.space}"
        )
    if not (isinstance(first, CoefficientSet) and isinstance(second, CoefficientSet)):
        return ValueIntersection(cast(Any, first), cast(Any, second))
    dtypes = [jnp.asarray(leaf).dtype for leaf in jax.tree.leaves((first, second, interior))]
    dtype = next((d for d in dtypes if jnp.issubdtype(d, jnp.floating)), jnp.zeros(()).dtype)
    sizes = [dimension_of(first), dimension_of(second)]
    if dimension is None:
        point = None if interior is None else jnp.size(interior)
        dimension = max((size for size in (*sizes, point) if size), default=None)
    if dimension is None:
        raise ValueError("intersection: no set shows the dimension; pass dimension= or interior")
    for part, size in zip((first, second), sizes, strict=True):
        if size not in (None, 1, dimension):
            raise ValueError(f"intersection: {part.name} has {size} coefficients, not {dimension}")
    flat, others = _without_interior(first, second, dimension, dtype)
    if flat is not None:
        _check_common(interior, (first, second), dimension, dtype)
        return functools.reduce(
            lambda common, part: intersect(part, common, interior), others, flat
        )
    if interior is None:
        interior = _common_point(first, second, dimension, dtype)
    _check_common(interior, (first, second), dimension, dtype)
    return Intersection(first, second, jnp.asarray(interior, dtype))


def _check_common(interior, parts, dimension, dtype) -> None:
    """Refuse a point of another size, or one that is not of both sets."""
    if interior is None:
        return
    interior = jnp.asarray(interior, dtype)
    if interior.shape != (dimension,):
        raise ValueError(f"intersection: interior has shape {interior.shape}, not ({dimension},)")
    scale = 1 + float(jnp.linalg.norm(interior))
    for part in parts:
        off = float(_off(part, interior)) / scale
        if not off <= float(jnp.finfo(dtype).eps) ** 0.4:
            first, second = (one.name for one in parts)
            raise ValueError(
                f"intersection: {first} and {second} do not meet as far as can be seen: "
                f"the best common point is {off * scale:.3g} away from {part.name}"
            )


@jax.jit
def _off(part, point):
    """How far a point is from a set: one program for all sets of a kind."""
    return part.distance(point).value


def _without_interior(first, second, dimension, dtype) -> tuple[Polyhedron | None, list]:
    """Give the linear members as a polyhedron if they share no interior point, and the others."""
    parts = members(first) + members(second)
    linear = [part for part in parts if not isinstance(part, L1Ball | L2Ball | Ellipsoid)]
    others = [part for part in parts if isinstance(part, L1Ball | L2Ball | Ellipsoid)]
    if len(linear) < 2:
        return None, parts
    constraints = _linear_constraints(linear, parts, dimension, dtype)
    arrays = (*bounds_as_rows(constraints), constraints.equality, constraints.level)
    try:
        rows = Rows(*(np.asarray(array, float) for array in arrays))
        rows, interior, fewer = with_implied(rows, dtype)
    except NoRoomError as error:
        by = "" if error.room is None else f"; they contradict each other by {-error.room:.3g}"
        raise ValueError(
            f"intersection: {first.name} and {second.name} do not meet: no point satisfies all their "
            f"linear constraints{by}"
        ) from None
    if not fewer:
        return None, parts
    arrays = (rows.matrix, rows.bound, rows.equality, rows.level, interior)
    return Polyhedron(*(jnp.asarray(array, dtype) for array in arrays)), others


@functools.partial(jax.jit, static_argnums=(2, 3))
def _linear_constraints(linear, parts, dimension, dtype):
    """Those of the linear parts, and what all parts imply for single coordinates."""
    extent = functools.reduce(jnp.minimum, (part.extent(dimension, dtype) for part in parts))
    pairs = [restrictions(part, dimension, dtype) for part in (*linear, Box(-extent, extent))]
    return stacked(pairs)[0]


@functools.partial(jax.jit, static_argnums=(2, 3))
def _common_point(first, second, dimension, dtype):
    """Average the projections of a few members of each set on the intersection."""
    keys = jax.random.split(jax.random.key(0), 16)
    draws = jnp.concatenate(
        [jax.vmap(lambda key, s=s: s.draw(key, dimension, dtype))(keys) for s in (first, second)]
    )

    def alternate(_, point):
        return second.project(first.project(point))

    start = jax.lax.fori_loop(0, 50, alternate, jnp.mean(draws, axis=0))
    provisional = Intersection(first, second, start)
    mean = jnp.mean(jax.vmap(provisional.project)(draws), axis=0)
    # Rounding leaves a set without interior at once; its own projection comes back.
    points = jnp.stack([mean, first.project(mean), second.project(mean), mean])
    inside = jax.vmap(lambda point: first.contains(point) & second.contains(point))(points[:3])
    return points[jnp.argmax(jnp.append(inside, True))]
