"""Least squares over a scaled simplex and over an l1 ball."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ._active_set import Budget
from ._refine import least_squares
from .solution import Solution


def _vertex(factor: Array, correlation: Array, scale: Array) -> Float[Array, " d"]:
    """Return the vertex of least residual, given how each column correlates with the response."""
    decrease = scale * correlation - scale**2 * jnp.sum(factor**2, axis=0) / 2
    return jnp.where(jnp.arange(correlation.shape[0]) == jnp.argmax(decrease), scale, 0)


def simplex(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    scale: float | Float[Array, ""],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $\theta \ge 0$, $\sum_i \theta_i = s$.

    The answer is nonnegative exactly; its sum is right up to rounding. The method is that of
    `_active_set`.
    """
    scale = jnp.asarray(scale, response.dtype)
    start = _vertex(factor, response @ factor, scale)
    budget = Budget(scale, jnp.ones_like(response), must_spend=True)
    return _spending(factor, response, budget, 0.0, start, max_steps)


def l1_ball(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    radius: float | Float[Array, ""],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $\|\theta\|_1 \le r$.

    The bound holds up to rounding. The method is that of `_active_set`.
    """
    limit = jnp.asarray(radius, response.dtype)
    budget = Budget(limit, jnp.ones_like(response), must_spend=False)
    start = jnp.zeros_like(response)
    return _spending(factor, response, budget, -jnp.inf, start, max_steps)


def _spending(factor, response, budget: Budget, lower: float, start, max_steps: int) -> Solution:
    least, most = jnp.full_like(response, lower), jnp.full_like(response, jnp.inf)
    point, steps = least_squares(
        factor, response, least, most, start, budget=budget, max_steps=max_steps
    )
    return Solution(coefficients=point, dual=None, steps=steps)
