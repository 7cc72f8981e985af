r"""Least squares over a Euclidean ball, by the secular equation.

In the coordinates of the singular value decomposition $R = U\Sigma V^\top$ the minimiser is
$\varphi_i(\lambda) = \sigma_i z_i / (\sigma_i^2 + \lambda)$ with the multiplier $\lambda \ge 0$
for which $\|\varphi(\lambda)\| = r$, or $\lambda = 0$ where the minimum-norm solution is inside.
Newton's method on $1/\|\varphi(\lambda)\| - 1/r$, which is concave and nearly linear in
$\lambda$, converges monotonically from $\lambda = 0$ (More and Sorensen, 1983).
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.solvers._norm import scaled_norm
from w2sjax.solvers.solution import Solution


def ball(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    radius: Float[Array, ""],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12\|R\theta - z\|^2$ over $\|\theta\| \le r$; the shortest answer if several."""
    left, singular, right = jnp.linalg.svd(factor)
    eps = jnp.finfo(singular.dtype).eps
    positive = singular > singular.shape[0] * eps * singular[0]
    squares = jnp.where(positive, singular**2, 1)
    numerator = jnp.where(positive, singular * (left.T @ response), 0)

    def point(multiplier):
        return numerator / (squares + multiplier)

    def step(state):
        multiplier, _, count = state
        candidate = point(multiplier)
        length = scaled_norm(candidate)
        unit = candidate / jnp.where(length > 0, length, 1)
        slope = jnp.sum(unit**2 / (squares + multiplier))
        update = (length / radius - 1) / jnp.where(slope > 0, slope, 1)
        finished = ~(length > radius * (1 + 2 * eps)) | ~(update > eps * multiplier)
        return jnp.where(finished, multiplier, multiplier + update), finished, count + 1

    def unfinished(state):
        return ~state[1] & (state[2] < max_steps)

    start = (jnp.zeros((), squares.dtype), jnp.zeros((), bool), jnp.zeros((), jnp.int32))
    multiplier, _, steps = jax.lax.while_loop(unfinished, step, start)
    inner = point(multiplier)
    length = scaled_norm(inner)
    inner = jnp.where(length > radius, inner * (radius / jnp.where(length > 0, length, 1)), inner)
    return Solution(coefficients=right.T @ inner, dual=None, steps=steps)
