"""How many coefficients a given set is about."""

import jax
import jax.numpy as jnp

from w2sjax.projecting.sets.coefficient_intersection import Intersection
from w2sjax.projecting.sets.convex_set import ConvexSet
from w2sjax.projecting.sets.polyhedron import Polyhedron
from w2sjax.projecting.sets.rkhs_ball import RKHSBall


def dimension_of(convex_set: ConvexSet) -> int | None:
    """Number of coefficients of a set, where its numbers show it.

    None for a radius alone, and for a ball whose kernel comes with the points.
    """
    if isinstance(convex_set, RKHSBall):
        return None
    if isinstance(convex_set, Polyhedron):
        return int(convex_set.matrix.shape[-1])
    if isinstance(convex_set, Intersection):
        return int(convex_set.interior.shape[-1])
    sizes = [leaf.shape[-1] for leaf in jax.tree.leaves(convex_set) if jnp.ndim(leaf)]
    return max(sizes, default=None)
