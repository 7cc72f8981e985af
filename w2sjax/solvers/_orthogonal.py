r"""Active set steps that stay accurate where the Gram matrix has lost the small singular values.

On a face the step solves $\min_x \|R_F x - (z - R p)\|$ by the singular value decomposition of the
free columns, without the square of $R$; where the budget is spent, its fastest spender is eliminated
first. Faces change as in `_active_set`. A step costs $O(d^3)$, so this only ends what is nearly
singular, and begins where the cheap steps have come.

Reference: Lawson, Hanson (1974), Solving Least Squares Regions, chapters 20 and 23.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ._active_set import Face, Offer, Region, turn, until_spent, walk


class _State(NamedTuple):
    point: Float[Array, " d"]
    face: Face
    barred: Bool[Array, " d"]  # freed in vain: what the slope promised was rounding
    steps: Int[Array, ""]
    done: Bool[Array, ""]


def _to_minimiser(
    factor: Array, residual: Array, free: Array, spends: Array, left: Array
) -> tuple[Float[Array, " d"], Int[Array, ""]]:
    """Return the way to the minimiser on a face, and the coordinate that pays for it.

    `spends` is zero at fixed coordinates, and everywhere if the budget is not to be kept.
    """
    pays = jnp.argmax(jnp.abs(spends))
    keeps = spends[pays] != 0
    unit = jnp.where(keeps, spends[pays], 1)
    ratio, start = spends / unit, jnp.where(keeps, left / unit, 0)
    axis = factor[:, pays]
    solved = free & ~(keeps & (jnp.arange(len(free)) == pays))
    reduced = jnp.where(solved, factor - axis[:, None] * ratio[None, :], 0)
    basis, singular, right = jnp.linalg.svd(reduced)
    # Columns have lengths from 1 to 2, and rounding of that size.
    kept = singular > 16 * len(factor) * float(jnp.finfo(factor.dtype).eps)
    along = (residual - start * axis) @ basis
    change = jnp.where(kept, along / jnp.where(kept, singular, 1), 0) @ right
    change = jnp.where(solved, change, 0)
    return change.at[pays].add(start - ratio @ change), pays


def finish(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    point: Float[Array, " d"],
    face: Face,
    region: Region,
    done: Bool[Array, ""],
    *,
    rounding: float,
    max_steps: int | Int[Array, ""],
) -> tuple[Float[Array, " d"], Int[Array, ""]]:
    """Minimise over the set from a feasible point and its face, unless that is `done`.

    The columns of the factor have lengths from 1 to 2, or 0.
    """
    index = jnp.arange(len(point))
    lengths, norm = jnp.sqrt(jnp.sum(factor**2, axis=0)), jnp.linalg.norm(response)
    zero = jnp.zeros((), response.dtype)
    budget = region.budget

    def step(state: _State) -> _State:
        face = state.face
        residual = response - factor @ state.point
        spends, left, slack = jnp.zeros_like(response), zero, jnp.asarray(jnp.inf, zero.dtype)
        if budget is not None:
            spends = jnp.where(face.free, face.sign * budget.cost, 0)
            left = budget.limit - spends @ state.point
        kept = jnp.where(face.tight, spends, 0)
        change, pays = _to_minimiser(factor, residual, face.free, kept, left)
        if budget is not None:
            slack = until_spent(spends @ change, left, face)
        stop = walk(state.point, change, slack, face, region)
        noise = rounding * (norm + lengths @ jnp.abs(stop.point))
        tolerance = noise * lengths
        slope = (response - factor @ stop.point) @ factor
        unit = jnp.where(face.tight & (kept[pays] != 0), kept[pays], jnp.inf)
        offer = Offer(
            slope,
            tolerance,
            slope[pays] / unit,
            tolerance[pays] / jnp.abs(unit),
            jnp.where(lengths > 0, lengths**2, 1),
            (lengths > 0) & ~state.barred,
        )
        face, _, _, finished = turn(stop, offer, face, region)
        moved = jnp.linalg.norm(factor @ (stop.point - state.point)) > noise
        stuck = stop.drops & (stop.length == 0) & (index == stop.blocking)
        barred = (state.barred | stuck) & ~moved
        return _State(stop.point, face, barred, state.steps + 1, finished)

    steps = jnp.zeros((), jnp.int32)
    start = _State(point, face, jnp.zeros(index.shape, bool), steps, done)
    end = lax.while_loop(lambda state: ~state.done & (state.steps < max_steps), step, start)
    return end.point, end.steps
