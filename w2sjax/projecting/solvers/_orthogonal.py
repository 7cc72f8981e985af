r"""Active set steps that stay accurate where the Gram matrix has lost the small singular values.

On a face a step solves $\min_x \|R_F x - (z - R p)\|$ by the singular value decomposition of the free
columns, without the square of $R$; where the budget is spent, its fastest spender is eliminated
first. What freeing a coordinate promises is read off the part of its column that is orthogonal to
those: in the rest there is only rounding, which may be larger. Faces change as in `_active_set`. A step
costs $O(d^3)$, so this only ends what is nearly singular, and begins where the cheap steps have come.

Reference: Lawson, Hanson (1974), Solving Least Squares Problems, chapters 20 and 23.
"""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

from ._active_set import Face, Offer, Region, turn, until_spent, walk


def _to_minimiser(factor: Array, residual: Array, free: Array, spends: Array, left: Array) -> tuple:
    """Solve on a face; `spends` is zero at fixed coordinates, and where no budget is to be kept.

    Returns the way to the minimiser, the coordinate that keeps the budget (the payer), what it spends of it
    (inf if none need be kept), and a basis of the images of the face's directions, then zeros.
    """
    payer = jnp.argmax(jnp.abs(spends))
    keeps = spends[payer] != 0
    unit = jnp.where(keeps, spends[payer], jnp.inf)
    ratio, start, axis = spends / unit, left / unit, factor[:, payer]
    solved = free & ~(keeps & (jnp.arange(len(free)) == payer))
    reduced = jnp.where(solved, factor - axis[:, None] * ratio[None, :], 0)
    basis, singular, right = jnp.linalg.svd(reduced)
    kept = singular > rounding_of_columns(factor)
    basis = jnp.where(kept, basis, 0)
    along = (residual - start * axis) @ basis
    change = jnp.where(solved, (along / jnp.where(kept, singular, 1)) @ right, 0)
    return change.at[payer].add(start - ratio @ change), payer, unit, basis


def rounding_of_columns(factor: Float[Array, "d d"]) -> float:
    """Return what is rounding of a combination of columns with lengths from 1 to 2."""
    return 16 * len(factor) * float(jnp.finfo(factor.dtype).eps)


def _offer(factor, residual, noise, payer, spends, basis, budget_cost, signed: bool) -> Offer:
    r"""Price what is orthogonal to the face's images; `noise` is the rounding of the residual."""
    beyond = factor - basis @ (basis.T @ factor)
    slope = residual @ beyond
    sign = jnp.sign(slope) if signed else jnp.ones_like(slope)
    axis = beyond[:, payer]
    direction = beyond * sign[None, :] - axis[:, None] * (budget_cost / spends)[None, :]
    lengths = jnp.sqrt(jnp.sum(direction**2, axis=0))
    least = rounding_of_columns(factor)
    small = least * jnp.linalg.norm(residual)
    return Offer(
        slope,
        noise * lengths + small,
        slope[payer] / spends,
        (noise * jnp.linalg.norm(axis) + small) / jnp.abs(spends),
        jnp.where(lengths > least, lengths**2, 1),
        lengths > least,
    )


def finish(
    factor, response, point, face: Face, region: Region, done, rounding: float, max_steps
) -> tuple[Float[Array, " d"], Int[Array, ""]]:
    """Minimise over the set from a feasible point and its face, unless that is `done`.

    The columns of the factor have lengths from 1 to 2, or 0.
    """
    lengths, norm = jnp.sqrt(jnp.sum(factor**2, axis=0)), jnp.linalg.norm(response)
    zero, budget = jnp.zeros((), response.dtype), region.budget

    def step(state: tuple) -> tuple:
        point, face, steps, _ = state
        cost, spends, left = jnp.zeros_like(response), jnp.zeros_like(response), zero
        if budget is not None:
            cost = budget.cost
            spends = jnp.where(face.free, face.sign * cost, 0)
            left = budget.limit - spends @ point
        kept, residual = jnp.where(face.tight, spends, 0), response - factor @ point
        change, payer, unit, basis = _to_minimiser(factor, residual, face.free, kept, left)
        stop = walk(point, change, until_spent(spends @ change, left, face), face, region)
        noise = rounding * (norm + lengths @ jnp.abs(stop.point))
        residual = response - factor @ stop.point
        offer = _offer(factor, residual, noise, payer, unit, basis, cost, region.signed)
        face, _, _, finished = turn(stop, offer, face, region)
        return stop.point, face, steps + 1, finished

    start = point, face, jnp.zeros((), jnp.int32), done
    end = lax.while_loop(lambda state: ~state[3] & (state[2] < max_steps), step, start)
    return end[0], end[2]
