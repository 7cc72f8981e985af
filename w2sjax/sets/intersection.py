"""Intersections built on the host, where a common point can be looked for and found missing."""

from typing import Any, cast

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.sets.coefficient_intersection import Intersection as Intersection
from w2sjax.sets.convex_set import CoefficientSet, ConvexSet
from w2sjax.sets.value_intersection import ValueIntersection as ValueIntersection


def intersect(
    first: ConvexSet,
    second: ConvexSet,
    interior: Float[Array, " d"] | None = None,
    *,
    dimension: int | None = None,
) -> Intersection | ValueIntersection:
    """Intersect two sets on the host, looking for an interior point where none is given.

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
    leaves = jax.tree.leaves((first, second, interior))
    dtype = jnp.result_type(float) if not leaves else jnp.asarray(leaves[0]).dtype
    sizes = {leaf.shape[-1] for leaf in leaves if jnp.ndim(leaf) and leaf.shape[-1]}
    if dimension is None:
        if not sizes:
            raise ValueError(
                "intersection: no set shows the dimension; pass dimension= or interior"
            )
        dimension = max(sizes)
    if interior is None:
        interior = _common_point(first, second, dimension, dtype)
    interior = jnp.asarray(interior, dtype)
    if interior.shape != (dimension,):
        raise ValueError(f"intersection: interior has shape {interior.shape}, not ({dimension},)")
    scale = 1 + float(jnp.linalg.norm(interior))
    for part in (first, second):
        off = float(part.distance(interior).value) / scale
        if not off <= float(jnp.finfo(dtype).eps) ** 0.4:
            raise ValueError(
                f"intersection: {first.name} and {second.name} do not meet as far as can be seen: "
                f"the best common point is {off * scale:.3g} away from {part.name}"
            )
    return Intersection(first, second, interior)


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
    return jnp.mean(jax.jit(jax.vmap(provisional.project))(draws), axis=0)
