r"""Least squares over a Euclidean ball, by the secular equation.

In the coordinates of the singular value decomposition $R = U\Sigma V^\top$ the minimiser is
$\varphi_i(\lambda) = \sigma_i z_i / (\sigma_i^2 + \lambda)$ with the multiplier $\lambda \ge 0$
for which $\|\varphi(\lambda)\| = r$, or $\lambda = 0$ where the minimum-norm solution is inside.
Newton's method on $1/\|\varphi(\lambda)\| - 1/r$, which is concave and nearly linear in
$\lambda$, converges monotonically from $\lambda = 0$ (More and Sorensen, 1983).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.projecting.solvers._norm import scaled_norm
from w2sjax.projecting.solvers.least_squares import Solution


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

    zero = jnp.zeros((), squares.dtype)
    inner, _, steps = secular(numerator, lambda rise: squares + rise, zero, radius, max_steps)
    length = scaled_norm(inner)
    inner = jnp.where(length > radius, inner * (radius / jnp.where(length > 0, length, 1)), inner)
    return Solution(coefficients=right.T @ inner, dual=None, steps=steps)


def secular(
    numerator: Array, sums: Callable[[Array], Array], start: Array, radius: Array, max_steps: int
) -> tuple[Float[Array, " d"], Float[Array, ""], Int[Array, ""]]:
    r"""Find where the length of $a_i / (b_i + \mu)$, which falls as $\mu$ rises, is the radius.

    Returns the vector, its $\mu \ge$ `start`, and the steps of Newton's method on the reciprocal length.
    `sums` gives $b_i + \mu$, which are positive; inf makes an entry zero. The method approaches the
    solution from below, which nothing but rounding ends.
    """
    eps = jnp.finfo(numerator.dtype).eps

    def step(state):
        multiplier, _, count = state
        candidate = numerator / sums(multiplier)
        length = scaled_norm(candidate)
        unit = candidate / jnp.where(length > 0, length, 1)
        slope = jnp.sum(unit**2 / sums(multiplier))
        update = (length / radius - 1) / jnp.where(slope > 0, slope, 1)
        finished = ~(length > radius * (1 + 2 * eps)) | ~(update > eps * multiplier)
        return jnp.where(finished, multiplier, multiplier + update), finished, count + 1

    state = (start, jnp.zeros((), bool), jnp.zeros((), jnp.int32))
    multiplier, _, steps = jax.lax.while_loop(lambda s: ~s[1] & (s[2] < max_steps), step, state)
    return numerator / sums(multiplier), multiplier, steps
