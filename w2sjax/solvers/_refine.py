r"""Least squares by repeated active set steps from the current point.

Each round computes the gradient from $R$ itself and minimises over the *step* $x$,
$\tfrac12 \|R (p + x) - z\|^2 + \tfrac12 x^\top D x$ with a small diagonal $D$, from the last face.
A round on an unchanged face is at once iterative refinement, which removes the rounding of the
tableau, and a proximal point step, which removes the bias of $D$ and makes any $R$ admissible:
Rockafellar (1976), SIAM J. Control Optim. 14, Theorem 1.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ._active_set import Budget, Descent, Face, descend, sweep

ROUNDS = 10  # two or three suffice unless the factor is nearly singular


def proximal(
    squares: Float[Array, " d"], *, multiple: float = 32, power: float = 0.7
) -> Float[Array, " d"]:
    """Return a diagonal to add to a Gram matrix with this diagonal, far above its rounding."""
    largest = jnp.max(squares)
    scale = jnp.where(squares > 0, squares, jnp.where(largest > 0, largest, 1))
    return multiple * float(jnp.finfo(squares.dtype).eps) ** power * scale


def without_dust(factor: Float[Array, "d d"]) -> Float[Array, "d d"]:
    """Return the factor with zeros for columns that are no larger than its rounding.

    A decomposition returns a zero column as such dust. Its pivot and its slope would be as
    trustworthy as those of other columns to a method that scales by columns, but are noise.
    """
    lengths = jnp.sqrt(jnp.sum(factor**2, axis=0))
    dust = 4 * len(factor) * float(jnp.finfo(factor.dtype).eps) * jnp.max(lengths)
    return jnp.where((lengths <= dust)[None, :], 0, factor)


def refine(
    problem: Callable[[Any, Face, Array], tuple[Any, Face, Array, Array]],
    carry: Any,
    face: Face,
    *,
    max_steps: int,
) -> tuple[Any, Face, Int[Array, ""]]:
    """Repeat `problem(carry, face, steps_left)`, which reports its steps and whether it settled."""

    def again(state: tuple) -> Bool[Array, ""]:
        _, _, steps, rounds, settled = state
        return ~settled & (rounds < ROUNDS) & (steps < max_steps)

    def go(state: tuple) -> tuple:
        carry, face, steps, rounds, _ = state
        carry, face, taken, settled = problem(carry, face, max_steps - steps)
        return carry, face, steps + taken, rounds + 1, settled

    zero = jnp.zeros((), jnp.int32)
    state = (carry, face, zero, zero, jnp.zeros((), bool))
    carry, face, steps, _, _ = lax.while_loop(again, go, state)
    return carry, face, steps


def settled(slope: Float[Array, " d"], found: Descent, tolerance: Array) -> Bool[Array, ""]:
    """Say whether a round began, up to rounding, where it ended."""
    return (found.steps == 1) & jnp.all(jnp.abs(found.slope - slope) <= tolerance)


def least_squares(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    lower: Float[Array, " d"],
    upper: Float[Array, " d"],
    point: Float[Array, " d"],
    *,
    max_steps: int,
    budget: Budget | None = None,
) -> tuple[Float[Array, " d"], Int[Array, ""]]:
    """Minimise from a feasible point (with a budget: from a vertex); return point and steps."""
    factor = without_dust(factor)
    gram = factor.T @ factor
    squares = jnp.diagonal(gram)
    lengths = jnp.sqrt(squares)
    diagonal = proximal(squares)
    matrix = gram + jnp.diag(diagonal)
    rounding = 16 * float(jnp.finfo(response.dtype).eps)
    norm = jnp.linalg.norm(response)
    # The price mixes the rounding of all columns.
    scales = lengths if budget is None else jnp.full_like(lengths, jnp.max(lengths))

    def problem(
        point: Array, face: Face, steps_left: Array
    ) -> tuple[Array, Face, Array, Bool[Array, ""]]:
        slope = (response - factor @ point) @ factor
        tolerance = rounding * scales * (norm + lengths @ jnp.abs(point))
        found = descend(slope, point, face, lower, upper, tolerance, diagonal, budget, steps_left)
        return found.point, found.face, found.steps, settled(slope, found, tolerance)

    free = jnp.zeros(response.shape, bool)
    tableau = matrix
    if budget is not None and budget.must_spend:
        vertex = jnp.argmax(jnp.abs(point))
        free = jnp.arange(response.shape[0]) == vertex
        tableau = sweep(matrix, vertex)
    sign = jnp.where(point < 0, -1, 1).astype(response.dtype)
    face = Face(free, sign, jnp.asarray(budget is not None and budget.must_spend), tableau)
    point, _, steps = refine(problem, point, face, max_steps=max_steps)
    return point, steps
