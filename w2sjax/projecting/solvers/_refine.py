r"""Least squares by repeated active set steps from the current point.

The columns of the factor are scaled to lengths from 1 to 2 by powers of two, which changes nothing but
the units of the coefficients. Each round computes the gradient from $R$ itself and minimises over the
*step* $x$, $\tfrac12 \|R (p + x) - z\|^2 + \tfrac12 x^\top D x$ with a small diagonal $D$, from the
last face. A round on an unchanged face is at once iterative refinement, which removes the rounding of
the tableau, and a proximal point step, which removes the bias of $D$ and makes any $R$ admissible:
Rockafellar (1976), SIAM J. Control Optim. 14, Theorem 1. Along a singular value $s$ of the free
columns a round leaves $D / (D + s^2)$ of the way: what is too slow for that ends in `_orthogonal`.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ._active_set import Budget, Face, Region, descend, sweep
from ._norm import powers_of_two
from ._orthogonal import finish
from .least_squares import Solution

ROUNDS = 10  # two or three suffice unless the factor is nearly singular


def proximal(squares: Float[Array, " d"]) -> Float[Array, " d"]:
    """Return a diagonal to add to a Gram matrix with this diagonal, far above its rounding."""
    largest = jnp.max(squares)
    scale = jnp.where(squares > 0, squares, jnp.where(largest > 0, largest, 1))
    return 32 * float(jnp.finfo(squares.dtype).eps) ** 0.7 * scale


def refine(
    problem: Callable[..., tuple], carry: Any, face: Any, *, max_steps: int, rounds: int = ROUNDS
) -> tuple[Any, Any, Int[Array, ""], Bool[Array, ""]]:
    """Repeat `problem(carry, face, steps_left)`, which reports its steps and whether it settled."""

    def again(state: tuple) -> Bool[Array, ""]:
        _, _, steps, settled, done = state
        return ~settled & (done < rounds) & (steps < max_steps)

    def go(state: tuple) -> tuple:
        carry, face, steps, _, done = state
        carry, face, taken, settled = problem(carry, face, max_steps - steps)
        return carry, face, steps + taken, settled, done + 1

    zero = jnp.zeros((), jnp.int32)
    start = (carry, face, zero, jnp.zeros((), bool), zero)
    return lax.while_loop(again, go, start)[:-1]


def least_squares(
    factor: Array, response: Array, lower, upper, point, *, max_steps, budget: Budget | None = None
) -> Solution:
    """Minimise from a feasible point (with a budget: from a vertex).

    Columns of zeros must be zero exactly: any other column counts, however short.
    """
    unit = powers_of_two(factor)
    least, most = lower, upper
    factor, point, lower, upper = factor / unit[None, :], point * unit, lower * unit, upper * unit
    if budget is not None:
        budget = budget._replace(cost=budget.cost / unit)
    region = Region(lower, upper, budget)
    gram = factor.T @ factor
    squares = jnp.diagonal(gram)
    lengths = jnp.sqrt(squares)
    floored = jnp.where(lengths > 0, lengths, 1)  # the price of a budget is never exact
    diagonal = proximal(squares)
    eps = float(jnp.finfo(response.dtype).eps)
    rounding = 16 * eps
    norm = jnp.linalg.norm(response)

    def problem(point: Array, face: Face, steps_left: Array) -> tuple:
        residual = response - factor @ point
        slope = residual @ factor
        tolerance = rounding * floored * (norm + lengths @ jnp.abs(point))
        found = descend(slope, point, face, region, tolerance, diagonal, steps_left)
        # Down to s^2 = eps what is left is at most 1 + D / eps times what the round brought.
        brought = ((slope - found.slope) @ (found.point - point)) * jnp.max(diagonal) / eps
        enough = eps**0.75 * (norm**2 + residual @ residual)
        # A round that began, up to rounding, where it ended.
        still = (found.steps == 1) & jnp.all(jnp.abs(found.slope - slope) <= tolerance)
        still &= brought <= enough
        return found.point, found.face, found.steps, still

    free = jnp.zeros(response.shape, bool)
    tableau = gram + jnp.diag(diagonal)
    if budget is not None and budget.must_spend:
        vertex = jnp.argmax(jnp.abs(point))
        free = jnp.arange(response.shape[0]) == vertex
        tableau = sweep(tableau, vertex)
    sign = jnp.where(point < 0, -1, 1).astype(response.dtype)
    face = Face(free, sign, jnp.asarray(budget is not None and budget.must_spend), tableau)
    point, face, steps, done = refine(problem, point, face, max_steps=max_steps)
    left = max_steps - steps
    point, more = finish(factor, response, point, face, region, done, rounding, left)
    return Solution(jnp.clip(point / unit, least, most), None, steps + more)
