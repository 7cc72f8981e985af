r"""Convex sets of every registered kind, and members of them.

Parameters are short fractions, so that membership holds exactly, not up to rounding, but for points on the
sphere of a ball or an ellipsoid.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jaxtyping import Array, Float

from w2sjax.language.names import unknown
from w2sjax.projecting import sets
from w2sjax.strategies._numbers import arrays, at_least, row, shares

_widths = st.sampled_from([1.0, 2.0, 0.5, 4.0, 10.0, 0.125, 1.75])
_parts = st.integers(0, 16).map(lambda count: count / 16)


def convex_sets(*, kind: str, dimension: int) -> SearchStrategy[Any]:
    """Draw a convex set of a registered kind (a kind is a type, so each compiles apart).

    Raises:
        ValueError: for an unknown kind or a dimension below 1.
    """
    at_least("dimension", dimension)
    if kind not in sets.SETS:
        raise unknown("kind", kind, sets.SETS)
    if kind in _SPECIAL:
        return _SPECIAL[kind](dimension)
    widths = [_widths.map(jnp.asarray)] if sets.SETS[kind].parameters else []
    return st.builds(sets.SETS[kind], *widths)


def members(
    convex_set: sets.ConvexSet, *, dimension: int
) -> SearchStrategy[Float[Array, " dimension"]]:
    """Draw a member of a set: zero or a corner first, boundary points often."""
    at_least("dimension", dimension)
    return _MEMBERS[convex_set.name](convex_set, dimension).map(
        lambda point: jnp.asarray(point, jnp.result_type(float))
    )


def _boxes(dimension: int):
    """Draw boxes around short centres."""
    lower = arrays(dimension, least=-4.0, largest=4.0)
    return st.builds(
        lambda low, wide: sets.Box(jnp.asarray(low), jnp.asarray(low + wide)),
        lower.map(lambda low: np.floor(low * 16) / 16),
        row(_widths, dimension),
    )


@st.composite
def _polyhedra(draw: Callable[..., Any], dimension: int) -> sets.Polyhedron:
    """Draw d + 1 halfspaces with whole coefficients around a point on the grid, with room."""
    count = dimension + 1
    whole = st.integers(-3, 3).map(float)
    matrix = draw(row(whole, count * dimension)).reshape(count, dimension)
    interior = draw(row(whole, dimension))
    room = draw(row(_widths, count))
    return sets.Polyhedron(
        matrix=jnp.asarray(matrix),
        bound=jnp.asarray(matrix @ interior + room),
        equality=jnp.zeros((0, dimension)),
        level=jnp.zeros(0),
        interior=jnp.asarray(interior),
    )


@st.composite
def _ellipsoids(draw: Callable[..., Any], dimension: int) -> sets.Ellipsoid:
    """Draw whole shears of axes whose lengths are powers of two, so that inverses are exact."""
    axes = draw(row(st.sampled_from([1.0, 2.0, 0.5, 4.0]), dimension))
    below = dimension * (dimension - 1) // 2
    shear = np.eye(dimension)
    shear[np.tril_indices(dimension, -1)] = draw(row(st.integers(-1, 1), below))
    centre = draw(row(st.integers(-3, 3), dimension))
    return sets.Ellipsoid(cholesky=jnp.asarray(shear * axes), centre=jnp.asarray(centre))


@st.composite
def _intersections(draw: Callable[..., Any], dimension: int) -> sets.Intersection:
    """Draw a ball and a box that has room around zero."""
    sides = row(_widths, dimension)
    box = sets.Box(-jnp.asarray(draw(sides)), jnp.asarray(draw(sides)))
    return sets.Intersection(sets.L2Ball(jnp.asarray(draw(_widths))), box, jnp.zeros(dimension))


_SPECIAL: dict[str, Callable[[int], SearchStrategy[Any]]] = {
    "box": _boxes,
    "polyhedron": _polyhedra,
    "ellipsoid": _ellipsoids,
    "intersection": _intersections,
}


@st.composite
def _cross_polytope(draw: Callable[..., Any], dimension: int) -> np.ndarray:
    """Draw a vector with 1-norm at most 1: zero, a coordinate vector, or short fractions."""
    length = draw(st.sampled_from([0.0, 1.0, 0.5, 0.9375]))
    signs = draw(row(st.sampled_from([1.0, -1.0]), dimension))
    return length * signs * draw(shares(dimension))


@st.composite
def _unit_ball(draw: Callable[..., Any], dimension: int) -> np.ndarray:
    """Draw a vector of length at most 1: of the cross polytope, or a whole one over its length."""
    if dimension == 1 or draw(st.integers(0, 2)) < 2:
        return draw(_cross_polytope(dimension))
    whole = draw(row(st.integers(-4, 4), dimension))
    return whole / max(float(np.ceil(np.linalg.norm(whole))), 1.0)


def _between(lower: Any, upper: Any, dimension: int):
    """Draw shares of the way between the ends, coordinate by coordinate."""
    lower, upper = np.broadcast_to(lower, dimension), np.broadcast_to(upper, dimension)
    return row(_parts, dimension).map(
        lambda step: np.clip(lower + step * (upper - lower), lower, upper)
    )


@st.composite
def _in_polyhedron(
    draw: Callable[..., Any], convex_set: sets.Polyhedron, dimension: int
) -> np.ndarray:
    """Walk from the interior point in a whole direction, at most to the first facet."""
    direction = draw(row(st.integers(-2, 2), dimension))
    matrix, interior = np.asarray(convex_set.matrix), np.asarray(convex_set.interior)
    speed, room = matrix @ direction, np.asarray(convex_set.bound) - matrix @ interior
    times = room[speed > 0] / speed[speed > 0]
    # A multiple of 1/1024 that is not beyond: walking it is exact.
    reach = np.floor(1024 * min(times.min(initial=4.0), 4.0)) / 1024
    return interior + draw(_parts) * reach * direction


def _in_ellipsoid(convex_set: sets.Ellipsoid, dimension: int):
    inverse = np.linalg.inv(np.tril(np.asarray(convex_set.cholesky)).T)
    centre = np.asarray(convex_set.centre)
    return _unit_ball(dimension).map(lambda unit: centre + inverse @ unit)


def _in_intersection(convex_set: Any, dimension: int):
    """Scale the unit ball to the smallest side, or clip a member of the ball to the box."""
    ball, box = convex_set.first, convex_set.second
    lower, upper = np.asarray(box.lower), np.asarray(box.upper)
    return _unit_ball(dimension).map(lambda unit: np.clip(float(ball.radius) * unit, lower, upper))


def _in_ball(ball: Any, dimension: int):
    units = _cross_polytope if ball.name == "l1_ball" else _unit_ball
    return units(dimension).map(lambda unit: float(ball.radius) * unit)


_MEMBERS: dict[str, Callable[[Any, int], SearchStrategy[np.ndarray]]] = {
    "subspace": lambda convex_set, dimension: arrays(dimension),
    "affine": lambda convex_set, dimension: arrays(dimension),
    "l2_ball": _in_ball,
    "rkhs_ball": _in_ball,
    "l1_ball": _in_ball,
    "simplex": lambda simplex, dimension: shares(dimension).map(lambda u: float(simplex.total) * u),
    "orthant": lambda convex_set, dimension: arrays(dimension, least=0.0),
    "box": lambda box, dimension: _between(box.lower, box.upper, dimension),
    "polyhedron": _in_polyhedron,
    "ellipsoid": _in_ellipsoid,
    "monotone": lambda convex_set, dimension: arrays(dimension).map(np.sort),
    "bounded_values": lambda values, dimension: _between(-values.bound, values.bound, dimension),
    "intersection": _in_intersection,
}
