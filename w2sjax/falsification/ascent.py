r"""Gradient ascent on the normalised violation, through the projection, many restarts at once.

What moves is the setting's business (`climbing`); the best point of every path counts, not the last one.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from w2sjax.arithmetic.inequality import Inequality
from w2sjax.language.claims import Claim
from w2sjax.machine.compilation import compile_quickly
from w2sjax.settings.random_instances import compared, prepare

RESTARTS, STEPS = 32, 150
RATE = 0.05


def climb(
    claim: Claim,
    key: PRNGKeyArray,
    variant: Any,
    *,
    restarts: int = RESTARTS,
    steps: int = STEPS,
) -> tuple[list[Any], np.ndarray]:
    """Climb from random instances over a kind of sets or one set.

    Returns:
        The best instance of every restart, and their normalised slacks (0 within the tolerance), both
        from the least on.
    """
    data = None if isinstance(variant, type) else variant

    def run(keys, given):
        return jax.vmap(lambda k: _path(claim, k, variant if given is None else given, steps))(keys)

    keys = jax.random.split(key, restarts)
    slacks, instances = compile_quickly(jax.jit(run).lower(keys, data), level=0)(keys, data)
    slacks = np.asarray(slacks)
    order = np.argsort(slacks)
    host = jax.device_get(instances)
    return [jax.tree.map(lambda leaf, i=i: leaf[i], host) for i in order], slacks[order]


def violation(side: Inequality) -> Float[Array, ""]:
    """Negative slack, relative to the sides; the size of what cancelled keeps it from dividing by 0."""
    size = jnp.abs(side.lhs) + jnp.abs(side.rhs) + 1e-3 * jax.lax.stop_gradient(side.scale)
    return -side.slack / jnp.where(size > 0, size, 1)


def _path(claim, key, variant, steps):
    """One ascent: returns the least normalised slack and its instance."""
    climbing = claim.setting.part("climbing")
    raw = climbing.draw(key, variant)
    start = climbing.moving(raw)
    optimiser = optax.adam(RATE)

    def objective(free):
        return violation(compared(prepare(climbing.moved(raw, free), (claim,)), claim))

    def step(carry, _):
        free, state, best, least = carry
        value, gradient = jax.value_and_grad(objective)(free)
        gradient = jax.tree.map(lambda g: jnp.nan_to_num(-g, posinf=0.0, neginf=0.0), gradient)
        better = jnp.nan_to_num(value, nan=-jnp.inf) > least
        best = jax.tree.map(lambda new, old: jnp.where(better, new, old), free, best)
        least = jnp.where(better, value, least)
        with jax.numpy_dtype_promotion("standard"):  # optax counts its steps in integers
            updates, state = optimiser.update(gradient, state)
        free = climbing.inside(raw, optax.apply_updates(free, updates))
        return (free, state, best, least), None

    carry = (start, optimiser.init(start), start, jnp.asarray(-jnp.inf, jnp.result_type(float)))
    (_, _, best, _), _ = jax.lax.scan(step, carry, None, length=steps)
    found = climbing.moved(raw, best)
    slack = compared(prepare(found, (claim,)), claim).normalised_slack
    return jnp.where(jnp.isfinite(slack), slack, jnp.inf), found
