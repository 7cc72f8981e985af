"""Least squares over a box (the orthant is one), a scaled simplex and an l1 ball, as in `_active_set`."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ._active_set import Budget
from ._refine import least_squares
from .least_squares import Solution


def box(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    lower: float | Float[Array, "..."],
    upper: float | Float[Array, "..."],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $l \le \theta \le u$.

    Bounds are scalars or vectors and may be infinite. The answer satisfies them exactly.
    """
    lower, upper = (jnp.full(response.shape, end, response.dtype) for end in (lower, upper))
    slope = response @ factor
    squares = jnp.sum(factor**2, axis=0)
    # A coordinate whose own minimiser lies beyond a bound starts there: most of them stay.
    alone = jnp.where(squares > 0, slope / jnp.where(squares > 0, squares, 1), 0)
    start = jnp.clip(jnp.zeros_like(response), lower, upper)
    start = jnp.where(alone <= lower, lower, jnp.where(alone >= upper, upper, start))
    return least_squares(factor, response, lower, upper, start, max_steps=max_steps)


def simplex(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    scale: float | Float[Array, ""],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $\theta \ge 0$, $\sum_i \theta_i = s$.

    The answer is nonnegative exactly; its sum is right up to rounding.
    """
    scale = jnp.asarray(scale, response.dtype)
    # It starts at the vertex of least residual.
    decrease = scale * (response @ factor) - scale**2 * jnp.sum(factor**2, axis=0) / 2
    start = jnp.where(jnp.arange(response.shape[0]) == jnp.argmax(decrease), scale, 0)
    budget = Budget(scale, jnp.ones_like(response), must_spend=True)
    return _spending(factor, response, budget, 0.0, start, max_steps)


def l1_ball(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    radius: float | Float[Array, ""],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $\|\theta\|_1 \le r$, which holds up to rounding."""
    limit = jnp.asarray(radius, response.dtype)
    budget = Budget(limit, jnp.ones_like(response), must_spend=False)
    return _spending(factor, response, budget, -jnp.inf, jnp.zeros_like(response), max_steps)


def _spending(factor, response, budget: Budget, lower: float, start, max_steps: int) -> Solution:
    ends = jnp.full_like(response, lower), jnp.full_like(response, jnp.inf)
    return least_squares(factor, response, *ends, start, budget=budget, max_steps=max_steps)
