"""Small instances at which the projection claims hold with equality."""

import jax.numpy as jnp

from w2sjax.claims.projection.instance import ProjectionInstance
from w2sjax.hypothesis import hypothesis_class
from w2sjax.sets.convex_set import ConvexSet
from w2sjax.sets.l2_ball import L2Ball
from w2sjax.sets.subspace import Subspace


def _instance(
    convex_set: ConvexSet,
    *,
    truth: float,
    other: float,
    weak: tuple[float, float],
    wander: float = 0.0,
    offset: tuple[float, float] = (0.0, 0.0),
) -> ProjectionInstance:
    """Put two points of equal weight under one feature: functions are $(\\theta, \\theta)$."""
    zero = jnp.zeros(())
    return ProjectionInstance(
        hypothesis=hypothesis_class(convex_set, jnp.ones((2, 1))),
        weak=jnp.asarray(weak),
        truth=jnp.asarray([truth]),
        truth_intercept=zero,
        offset=jnp.asarray(offset),
        other=jnp.asarray([other]),
        other_intercept=zero,
        multiplicity=jnp.ones(2),
        mixture=jnp.asarray(0.5),
        wander=jnp.asarray(wander),
        strata=jnp.zeros(3, jnp.int32),
    )


def orthogonal_weak() -> ProjectionInstance:
    """Let the class be a line and the weak model lie off it: Pythagoras."""
    return _instance(Subspace(), truth=1.0, other=0.0, weak=(3.0, 1.0))


def finished_sample() -> ProjectionInstance:
    """Let the student that is fitted on a sample be the projection, with the target in the class."""
    return _instance(Subspace(), truth=1.0, other=2.0, weak=(3.0, 1.0))


def target_towards_weak() -> ProjectionInstance:
    """Let the target stand off the class in the direction in which the weak model does."""
    return _instance(Subspace(), truth=1.0, other=2.0, weak=(3.0, 1.0), offset=(0.5, -0.5))


def beyond_the_boundary() -> ProjectionInstance:
    """Let the target be the point of an interval that is nearest to the weak model."""
    return _instance(L2Ball(jnp.ones(())), truth=1.0, other=0.0, weak=(3.0, 3.0))


def overshooting_weak() -> ProjectionInstance:
    """Let target, student and weak model stand on a line in this order."""
    return _instance(L2Ball(jnp.ones(())), truth=0.0, other=1.0, weak=(3.0, 3.0))


def vertex_student() -> ProjectionInstance:
    """Let the target attain the supremum in the gap of a student in the middle."""
    return _instance(L2Ball(jnp.ones(())), truth=1.0, other=-1.0, weak=(3.0, 3.0), wander=0.5)
