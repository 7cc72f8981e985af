r"""The primal active set method that every solver here shares.

The problem is to minimise $\tfrac12 x^\top M x - s^\top x$, with $M$ positive definite, over a box
$l \le p + x \le u$ around a feasible point $p$, or over the part of it with $\sum_j c_j |p + x|_j = r$
or $\le r$ (the *budget*, with *costs* $c$). A *face* fixes some coordinates where they are and leaves
the others free. Repeat: go towards the minimiser on the face; if a bound is met, stop there and fix
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
    """A bound on the sum of absolute values, each times its cost."""

    limit: Float[Array, ""]
    cost: Float[Array, " d"]
    must_spend: bool  # the simplex: the sum is the limit, and no sign changes


class Region(NamedTuple):
    """Where to minimise."""

    lower: Float[Array, " d"]
    upper: Float[Array, " d"]
    budget: Budget | None

    @property
    def signed(self) -> bool:
        """Whether a coordinate keeps its sign while it is free."""
        return self.budget is not None and not self.budget.must_spend


class Descent(NamedTuple):
    """Where the method stands; the slope is the negative gradient."""

    point: Float[Array, " d"]
    slope: Float[Array, " d"]
    face: Face
    steps: Int[Array, ""]
    done: Bool[Array, ""]


class Stop(NamedTuple):
    """Where the way to a minimiser ends: there, at a bound, or with the budget spent."""

    point: Float[Array, " d"]
    length: Float[Array, ""]  # the fraction of the way
    blocking: Int[Array, ""]
    drops: Bool[Array, ""]  # whether the blocking coordinate met a bound
    spent: Bool[Array, ""]


class Offer(NamedTuple):
    """What freeing a coordinate promises: its slope, beyond the price of the budget."""

    slope: Float[Array, " d"]
    tolerance: Float[Array, " d"]  # what is rounding in that
    price: Float[Array, ""]  # multiplier of the budget
    doubt: Float[Array, ""]  # rounding of the price
    curvature: Float[Array, " d"]  # of the objective along a coordinate, once freed
    usable: Bool[Array, " d"]


class _Move(NamedTuple):
    """The way to the minimiser on a face."""

    free: Float[Array, " d"]  # change of the point, zero at fixed coordinates
    fixed: Float[Array, " d"]  # fall of the slope, meaningful at fixed coordinates
    price: Float[Array, ""]
    doubt: Float[Array, ""]
    slack: Float[Array, ""]  # fraction of the way at which the budget is spent
    curvature: Float[Array, " d"]


def sweep(tableau: Float[Array, "d d"], chosen: Int[Array, ""]) -> Float[Array, "d d"]:
    """Move one coordinate of a symmetric tableau to the other side."""
    here = jnp.arange(tableau.shape[0]) == chosen
    column = tableau[chosen]
    pivot = column[chosen]
    edge = jnp.where(here, -1 / pivot, column / jnp.abs(pivot))
    inner = tableau - column[:, None] * (column / pivot)[None, :]
    return jnp.where(here[:, None], edge[None, :], jnp.where(here[None, :], edge[:, None], inner))


def _to_minimiser(
    point: Array, slope: Array, face: Face, tolerance: Array, budget: Budget | None
) -> _Move:
    tableau = face.tableau
    curvature = jnp.diagonal(tableau)
    if budget is None:
        change = tableau @ jnp.where(face.free, slope, 0)
        free, none = jnp.where(face.free, -change, 0), jnp.zeros((), slope.dtype)
        return _Move(free, change, none, none, none + jnp.inf, curvature)
    spends = jnp.where(face.free, face.sign * budget.cost, 0)
    squares = spends @ spends
    # Subtracting the price known so far keeps what is solved for small, so that it refines.
    known = jnp.where(face.tight, spends @ slope / jnp.where(squares > 0, squares, 1), 0)
    change = tableau @ jnp.where(face.free, slope - known * spends, 0)
    unit = tableau @ spends
    weight = -(spends @ unit)
    weight = jnp.where(weight > 0, weight, 1)
    left = budget.limit - spends @ point
    extra = jnp.where(face.tight, -(spends @ change + left) / weight, 0)
    price = known + extra
    noise = jnp.sum(jnp.where(face.free, jnp.abs(unit) * tolerance, 0))
    doubt = jnp.where(face.tight, noise / weight, 0)
    change = change - extra * unit
    curvature = curvature + jnp.where(face.tight, (budget.cost - unit) ** 2 / weight, 0)
    free = jnp.where(face.free, -change, 0)
    # The coordinate that spends fastest may be smaller than rounding of the others.
    payer = jnp.argmax(jnp.abs(spends))
    others = jnp.where(jnp.arange(len(spends)) == payer, 0, spends) @ free
    keeps = face.tight & (spends[payer] != 0)
    pays = (left - others) / jnp.where(keeps, spends[payer], 1)
    free = free.at[payer].set(jnp.where(keeps, pays, free[payer]))
    slack = until_spent(spends @ free, left, face)
    return _Move(free, change, price, doubt, slack, curvature)


def until_spent(rate: Array, left: Array, face: Face) -> Float[Array, ""]:
    """Return the fraction of a way at which it spends what is left of the budget."""
    spends = ~face.tight & (rate > 0)
    return jnp.where(spends, jnp.maximum(left, 0) / jnp.where(spends, rate, 1), jnp.inf)


def walk(point: Array, change: Array, slack: Array, face: Face, region: Region) -> Stop:
    """Go by `change`, zero at fixed coordinates, as far as the set allows."""
    free, sign, lower, upper = face.free, face.sign, region.lower, region.upper
    ceiling = jnp.where(sign < 0, 0, upper) if region.signed else upper
    ground = jnp.where(sign > 0, 0, lower) if region.signed else lower
    room = jnp.where(change > 0, ceiling - point, point - ground)
    reach = jnp.where(change != 0, room / jnp.abs(change), jnp.inf)
    blocking = jnp.argmin(reach)
    nearest = reach[blocking]
    length = jnp.clip(jnp.minimum(nearest, slack), 0, 1)
    drops = (nearest < 1) & (nearest <= slack)
    met = jnp.where(change > 0, ceiling, ground)
    moved = jnp.clip(point + length * change, ground, ceiling)
    moved = jnp.where(drops & (jnp.arange(len(point)) == blocking), met, moved)
    moved = jnp.where(free, moved, point)
    return Stop(moved, length, blocking, drops, (slack < 1) & ~drops)


def turn(
    stop: Stop, offer: Offer, face: Face, region: Region
) -> tuple[Face, Bool[Array, ""], Int[Array, ""], Bool[Array, ""]]:
    """Return the next face, whether a coordinate changed sides, which, and whether all is done."""
    rise = jnp.where(stop.point < region.upper, offer.slope, -jnp.inf)
    fall = jnp.where(stop.point > region.lower, -offer.slope, -jnp.inf)
    gain = jnp.maximum(rise, fall) - offer.tolerance
    if region.budget is not None:
        gain = gain - offer.price * region.budget.cost
    gain = jnp.where(~face.free & offer.usable, gain / jnp.sqrt(offer.curvature), 0)
    entering = jnp.argmax(gain)
    rests = ~stop.drops & ~stop.spent
    enters = rests & (gain[entering] > 0)
    relaxes = rests & ~enters & face.tight & (offer.price < -offer.doubt) & region.signed

    chosen = jnp.where(stop.drops, stop.blocking, entering)
    changes = stop.drops | enters
    here = changes & (jnp.arange(len(gain)) == chosen)
    sign = jnp.where(rise > fall, 1, -1).astype(face.sign.dtype)
    turned = face._replace(
        free=jnp.where(here, enters, face.free),
        sign=jnp.where(here & enters, sign, face.sign) if region.signed else face.sign,
        tight=(face.tight | stop.spent) & ~relaxes,
    )
    return turned, changes, chosen, rests & ~enters & ~relaxes


def descend(
    slope: Array, point: Array, face: Face, region: Region, tolerance: Array, proximal, max_steps
) -> Descent:
    """Minimise from a feasible point and its face.

    A coordinate is freed only for a slope above `tolerance`; `proximal` is a lower bound on the
    eigenvalues of the matrix, as a diagonal.
    """

    def step(state: Descent) -> Descent:
        point, slope, face = state.point, state.slope, state.face
        move = _to_minimiser(point, slope, face, tolerance, region.budget)
        stop = walk(point, move.free, move.slack, face, region)
        cost = jnp.zeros_like(slope) if region.budget is None else region.budget.cost
        paid = move.price * cost * face.sign
        slope = slope + stop.length * jnp.where(face.free, paid - slope, -move.fixed)
        offer = Offer(
            slope,
            tolerance + move.doubt * cost,
            move.price,
            move.doubt,
            jnp.maximum(move.curvature, proximal),
            jnp.diagonal(face.tableau) > proximal / 2,  # else the pivot is rounding
        )
        face, changes, chosen, done = turn(stop, offer, face, region)
        tableau = jnp.where(changes, sweep(face.tableau, chosen), face.tableau)
        face = face._replace(tableau=tableau)
        return Descent(stop.point, slope, face, state.steps + 1, done)

    zero = jnp.zeros((), jnp.int32)
    start = Descent(point, slope, face, zero, jnp.zeros((), bool))
    return lax.while_loop(lambda state: ~state.done & (state.steps < max_steps), step, start)
