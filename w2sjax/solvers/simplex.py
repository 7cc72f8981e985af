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
    lower = jnp.zeros_like(response)
    upper = jnp.full_like(response, jnp.inf)
    start = _vertex(factor, response @ factor, scale)
    budget = Budget(scale, jnp.ones_like(response), must_spend=True)
    point, steps = least_squares(
        factor, response, lower, upper, start, budget=budget, max_steps=max_steps
    )
    return Solution(coefficients=point, dual=None, steps=steps)


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
    radius = jnp.asarray(radius, response.dtype)
    upper = jnp.full_like(response, jnp.inf)
    start = jnp.zeros_like(response)
    budget = Budget(radius, jnp.ones_like(response), must_spend=False)
    point, steps = least_squares(
        factor, response, -upper, upper, start, budget=budget, max_steps=max_steps
    )
    return Solution(coefficients=point, dual=None, steps=steps)
