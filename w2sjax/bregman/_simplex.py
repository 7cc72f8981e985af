r"""Minimise a smooth function of the weights of a mixture.

$$\min F(\theta) \quad \text{over} \quad \theta \ge 0, \ \sum_j \theta_j = 1.$$

A primal-dual interior point method: Newton steps for $\nabla F - \lambda - s = 0$ and $\theta_j s_j =
\mu$, with a line search on $F - \mu \sum_j \log \theta_j$; $\mu$ falls when the point is near the centre
(Waechter, Biegler, 2006, with a monotone barrier). Along a step, third derivatives of the usual
divergences are at most twice $\max_j |\Delta_j| / \theta_j$ times second ones, so that Newton's steps are
good wherever the barrier's are.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.scipy.linalg import cho_solve
from jaxtyping import Array, Float, Int

NEAR = 10  # a centre is reached within this times mu
FALL = 0.05  # of mu
LENGTHS = 1.0, 0.5, 0.2, 0.05, 0.01, 0.001  # steps that are tried, in parts of the longest
INSIDE = 0.99  # how far towards the boundary
ENOUGH = 32  # units of rounding in the slopes at which nothing more is to be gained
DECREASE = 1e-4  # of what the slope promises


def minimise(
    value: Callable[[Float[Array, " k"]], Float[Array, ""]],
    slope: Callable[[Float[Array, " k"]], Float[Array, " k"]],
    bend: Callable[[Float[Array, " k"]], Float[Array, "k k"]],
    start: Float[Array, " k"],
    max_steps: int,
) -> tuple[Float[Array, " k"], Int[Array, ""]]:
    r"""Find the weights of the minimum.

    Args:
        value: F.
        slope: $\nabla F$.
        bend: $\nabla^2 F$, or another positive semidefinite matrix next to it.
        start: positive weights that sum to 1.
        max_steps: how many steps at most.

    Returns:
        Positive weights that sum to 1 up to rounding, and the steps taken.
    """
    dtype = start.dtype
    eps = jnp.finfo(dtype).eps

    def unfinished(state):
        theta, _, slopes, _, steps = state
        gap = jnp.sum(theta * (slopes - jnp.min(slopes)))
        return (steps < max_steps) & (gap > ENOUGH * eps * jnp.maximum(size, _largest(slopes)))

    def step(state):
        theta, slack, slopes, barrier, steps = state
        move, price = _newton(bend(theta), slopes, theta, slack, barrier)
        step_slack = -slack + barrier / theta - slack / theta * move
        promised = jnp.sum(move * (slopes - barrier / theta))
        lengths = jnp.minimum(1, _reach(theta, move)) * jnp.asarray(LENGTHS, dtype)
        there = theta[None] + lengths[:, None] * move[None]
        there = there / jnp.sum(there, axis=1, keepdims=True)

        def merit(theta):
            return value(theta) - barrier * jnp.sum(jnp.log(theta))

        now = merit(theta)
        room = 16 * eps * (1 + jnp.abs(now))
        lower = jax.vmap(merit)(there) <= now + DECREASE * lengths * promised + room
        theta = there[jnp.where(jnp.any(lower), jnp.argmax(lower), len(LENGTHS) - 1)]
        slack = slack + jnp.minimum(1, _reach(slack, step_slack)) * step_slack
        slopes = slope(theta)
        off = jnp.maximum(_largest(slopes - price - slack), _largest(theta * slack - barrier))
        barrier = jnp.where(off <= NEAR * barrier, FALL * barrier, barrier)
        return theta, slack, slopes, barrier, steps + 1

    slopes = slope(start)
    size = _largest(slopes)
    slack = slopes - jnp.min(slopes)
    slack = slack + 0.1 * jnp.max(slack) + jnp.finfo(dtype).tiny
    state = start, slack, slopes, jnp.mean(slack) / start.shape[0], jnp.zeros((), jnp.int32)
    theta, _, _, _, steps = jax.lax.while_loop(unfinished, step, state)
    return theta, steps


def _newton(hessian, slopes, theta, slack, barrier):
    """Give the step of the weights, which sums to 0, and the multiplier of their sum."""
    matrix = hessian + jnp.diag(slack / theta)
    scale = jax.lax.rsqrt(jnp.diag(matrix))
    # Predictors may be equal, or combinations of others.
    ridge = 8 * len(theta) * jnp.finfo(theta.dtype).eps * jnp.eye(len(theta))
    lower = jnp.linalg.cholesky(matrix * scale[:, None] * scale[None, :] + ridge)
    sides = jnp.stack([barrier / theta - slopes, jnp.ones_like(theta)], axis=1)
    first, second = (scale[:, None] * cho_solve((lower, True), scale[:, None] * sides)).T
    price = -jnp.sum(first) / jnp.sum(second)
    return first + price * second, price


def _reach(point, move):
    """How far a positive point may go along a move."""
    falling = move < 0
    return INSIDE * jnp.min(jnp.where(falling, -point / jnp.where(falling, move, -1), jnp.inf))


def _largest(vector):
    return jnp.max(jnp.abs(vector))
