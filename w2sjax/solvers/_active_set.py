r"""The primal active set method that every solver here shares.

The problem is to minimise $\tfrac12 x^\top M x - s^\top x$, with $M$ positive definite, over a box
$l \le p + x \le u$ around a feasible point $p$, or over the part of it with $\|p + x\|_1 = r$ or
$\|p + x\|_1 \le r$ (the *budget*). A *face* fixes some coordinates where they are and leaves the
others free. Repeat: go towards the minimiser on the face; if a bound is met, stop there and fix
that coordinate; else free the coordinate that promises the largest decrease. The objective falls
strictly between two releases, so no face comes twice and the method is finite.

The tableau holds the inverse of $M$ over the free coordinates and the Schur complement of $M$ over
the others. Both sides of a step are read off one matrix-vector product, and a coordinate changes
sides by one outer product (the sweep operator), so a step costs $O(d^2)$ and no factorisation.

Chosen by measurement (`experiments/speed/solvers.py`): on batches of 16 coefficients it is 4 to 17
times faster than an interior point method, and at condition number 1e4 it stays exact to rounding,
where first-order methods take 25 times as long or fail.

References: Lawson, Hanson (1974), Solving Least Squares Problems, chapter 23 (the method and why it
is finite); Goodnight (1979), The American Statistician 33, 149-158 (the sweep operator).
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int


class Face(NamedTuple):
    """Which constraints hold with equality, and the tableau that belongs to it."""

    free: Bool[Array, " d"]
    sign: Float[Array, " d"]  # how a free coordinate spends the budget: 1 or -1
    tight: Bool[Array, ""]  # whether the budget is spent
    tableau: Float[Array, "d d"]


class Budget(NamedTuple):
    """A bound on the sum of absolute values."""

    limit: Float[Array, ""]
    must_spend: bool  # the simplex: the sum is the limit, and no sign changes


class Descent(NamedTuple):
    """Where the method stands; the slope is the negative gradient."""

    point: Float[Array, " d"]
    slope: Float[Array, " d"]
    face: Face
    steps: Int[Array, ""]
    done: Bool[Array, ""]


class _Move(NamedTuple):
    """The way to the minimiser on a face."""

    free: Float[Array, " d"]  # change of the point, zero at fixed coordinates
    fixed: Float[Array, " d"]  # fall of the slope, meaningful at fixed coordinates
    price: Float[Array, ""]  # multiplier of the budget
    slack: Float[Array, ""]  # fraction of the way at which the budget is spent
    curvature: Float[Array, " d"]  # of the objective along each fixed coordinate, once freed


def sweep(tableau: Float[Array, "d d"], chosen: Int[Array, ""]) -> Float[Array, "d d"]:
    """Move one coordinate of a symmetric tableau to the other side."""
    here = jnp.arange(tableau.shape[0]) == chosen
    column = tableau[chosen]
    pivot = column[chosen]
    edge = jnp.where(here, -1 / pivot, column / jnp.abs(pivot))
    inner = tableau - column[:, None] * (column / pivot)[None, :]
    return jnp.where(here[:, None], edge[None, :], jnp.where(here[None, :], edge[:, None], inner))


def _to_minimiser(point: Array, slope: Array, face: Face, budget: Budget | None) -> _Move:
    tableau = face.tableau
    curvature = jnp.diagonal(tableau)
    price = jnp.zeros((), slope.dtype)
    slack = jnp.full((), jnp.inf, slope.dtype)
    if budget is None:
        change = tableau @ jnp.where(face.free, slope, 0)
    else:
        spends = jnp.where(face.free, face.sign, 0)
        # Subtracting the price known so far keeps what is solved for small, so that it refines.
        known = jnp.where(face.tight, spends @ slope / jnp.maximum(spends @ spends, 1), 0)
        change = tableau @ jnp.where(face.free, slope - known * spends, 0)
        unit = tableau @ spends
        weight = -(spends @ unit)
        weight = jnp.where(weight > 0, weight, 1)
        left = budget.limit - spends @ point
        extra = jnp.where(face.tight, -(spends @ change + left) / weight, 0)
        price = known + extra
        change = change - extra * unit
        curvature = curvature + jnp.where(face.tight, (1 - unit) ** 2 / weight, 0)
        rate = -(spends @ change)
        slack = jnp.where(~face.tight & (rate > 0), jnp.maximum(left, 0) / rate, slack)
    return _Move(jnp.where(face.free, -change, 0), change, price, slack, curvature)


def descend(
    slope: Float[Array, " d"],
    point: Float[Array, " d"],
    face: Face,
    lower: Float[Array, " d"],
    upper: Float[Array, " d"],
    tolerance: Float[Array, " d"],
    proximal: Float[Array, " d"],
    budget: Budget | None,
    max_steps: int | Int[Array, ""],
) -> Descent:
    """Minimise from a feasible point and its face.

    A coordinate is freed only for a slope above `tolerance`; `proximal` is a lower bound on the
    eigenvalues of the matrix, as a diagonal.
    """
    index = jnp.arange(slope.shape[0])
    signed = budget is not None and not budget.must_spend

    def step(state: Descent) -> Descent:
        point, slope, face = state.point, state.slope, state.face
        free, sign, tight, tableau = face
        move = _to_minimiser(point, slope, face, budget)

        ceiling = jnp.where(sign < 0, 0, upper) if signed else upper
        ground = jnp.where(sign > 0, 0, lower) if signed else lower
        room = jnp.where(move.free > 0, ceiling - point, point - ground)
        reach = jnp.where(move.free != 0, room / jnp.abs(move.free), jnp.inf)
        blocking = jnp.argmin(reach)
        nearest = reach[blocking]
        length = jnp.clip(jnp.minimum(nearest, move.slack), 0, 1)
        drops = (nearest < 1) & (nearest <= move.slack)
        spent = (move.slack < 1) & ~drops

        met = jnp.where(move.free > 0, ceiling, ground)
        moved = jnp.clip(point + length * move.free, ground, ceiling)
        moved = jnp.where(free, jnp.where(drops & (index == blocking), met, moved), point)
        slope = slope + length * jnp.where(free, move.price * sign - slope, -move.fixed)

        rise = jnp.where(moved < upper, slope, -jnp.inf)
        fall = jnp.where(moved > lower, -slope, -jnp.inf)
        gain = jnp.maximum(rise, fall) - move.price - tolerance
        usable = ~free & (jnp.diagonal(tableau) > proximal / 2)  # else the pivot is rounding
        gain = jnp.where(usable, gain / jnp.sqrt(jnp.maximum(move.curvature, proximal)), 0)
        entering = jnp.argmax(gain)
        rests = ~drops & ~spent
        enters = rests & (gain[entering] > 0)
        relaxes = rests & ~enters & tight & (move.price < -jnp.max(tolerance)) & signed

        chosen = jnp.where(drops, blocking, entering)
        changes = drops | enters
        here = changes & (index == chosen)
        new_sign = jnp.where(rise > fall, 1, -1).astype(sign.dtype)
        face = Face(
            free=jnp.where(here, enters, free),
            sign=jnp.where(here & enters, new_sign, sign) if signed else sign,
            tight=(tight | spent) & ~relaxes,
            tableau=jnp.where(changes, sweep(tableau, chosen), tableau),
        )
        return Descent(moved, slope, face, state.steps + 1, rests & ~enters & ~relaxes)

    zero = jnp.zeros((), jnp.int32)
    start = Descent(point, slope, face, zero, jnp.zeros((), bool))
    return lax.while_loop(lambda state: ~state.done & (state.steps < max_steps), step, start)
