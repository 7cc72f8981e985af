"""Least squares over a box; the orthant is one."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ._refine import least_squares
from .solution import Solution


def box(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    lower: float | Float[Array, "..."],
    upper: float | Float[Array, "..."],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $l \le \theta \le u$.

    Bounds are scalars or vectors and may be infinite. The answer satisfies them exactly. The
    method is that of `_active_set`.
    """
    lower = jnp.broadcast_to(jnp.asarray(lower, response.dtype), response.shape)
    upper = jnp.broadcast_to(jnp.asarray(upper, response.dtype), response.shape)
    slope = response @ factor
    squares = jnp.sum(factor**2, axis=0)
    # A coordinate whose own minimiser lies beyond a bound starts there: most of them stay.
    alone = jnp.where(squares > 0, slope / jnp.where(squares > 0, squares, 1), 0)
    start = jnp.clip(jnp.zeros_like(response), lower, upper)
    start = jnp.where(alone <= lower, lower, jnp.where(alone >= upper, upper, start))
    point, steps = least_squares(factor, response, lower, upper, start, max_steps=max_steps)
    return Solution(coefficients=point, dual=None, steps=steps)
