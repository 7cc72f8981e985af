r"""The secular equation of a ball: the length of $a_i / (b_i + \mu)$ falls to the radius as $\mu$ rises."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.solvers._norm import scaled_norm


def secular(
    numerator: Float[Array, " d"],
    sums: Callable[[Float[Array, ""]], Float[Array, " d"]],
    start: Float[Array, ""],
    radius: Float[Array, ""],
    max_steps: int,
) -> tuple[Float[Array, " d"], Float[Array, ""], Int[Array, ""]]:
    r"""Give the vector, its $\mu \ge$ `start`, and the steps of Newton's method on the reciprocal length.

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

    def unfinished(state):
        return ~state[1] & (state[2] < max_steps)

    state = (start, jnp.zeros((), bool), jnp.zeros((), jnp.int32))
    multiplier, _, steps = jax.lax.while_loop(unfinished, step, state)
    return numerator / sums(multiplier), multiplier, steps
