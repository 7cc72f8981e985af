r"""Gradient ascent on the normalised violation, through the projection, many restarts at once.

What moves are the functions of an instance: weak model, target, members, numbers. Members are projected
back on the set after every step; the best point of every path counts, not the last one.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import PRNGKeyArray

from w2sjax._compilation import compile_quickly
from w2sjax.claims import Claim
from w2sjax.claims.inequality import Inequality
from w2sjax.sets.dimension import dimension_of

RESTARTS, STEPS = 32, 150
POINTS, FEATURES = 6, 2
RATE = 0.05


def climb(
    claim: Claim,
    key: PRNGKeyArray,
    variant: Any,
    *,
    drop: str | None = None,
    twin: bool = False,
    restarts: int = RESTARTS,
    steps: int = STEPS,
) -> tuple[list[Any], np.ndarray]:
    """Climb from random instances of the projection domain, over a kind of sets or one set.

    Returns:
        The best instance of every restart, and their normalised slacks (0 within the tolerance), both
        from the least on.
    """

    data = None if isinstance(variant, type) else variant
    features = FEATURES if data is None else dimension_of(data) or FEATURES

    def run(keys, given):
        convex_set = variant if given is None else given
        return jax.vmap(lambda k: _path(claim, k, convex_set, features, drop, twin, steps))(keys)

    keys = jax.random.split(key, restarts)
    slacks, instances = compile_quickly(jax.jit(run).lower(keys, data))(keys, data)
    slacks = np.asarray(slacks)
    order = np.argsort(slacks)
    host = jax.device_get(instances)
    return [jax.tree.map(lambda leaf, i=i: leaf[i], host) for i in order], slacks[order]


def violation(side: Inequality) -> Any:
    """Negative slack, relative to the sides; the size of what cancelled keeps it from dividing by 0."""
    size = jnp.abs(side.lhs) + jnp.abs(side.rhs) + 1e-3 * jax.lax.stop_gradient(side.scale)
    return -side.slack / jnp.where(size > 0, size, 1)


def _path(claim, key, variant, features, drop, twin, steps):
    """One ascent: returns the least normalised slack and its instance."""
    raw = claim.domain.draw(key, variant, points=POINTS, features=features)  # type: ignore[call-arg]
    check = claim.false_twin if twin else claim.check
    scale = jnp.sqrt(jnp.sum(raw.hypothesis.weights * raw.weak**2)) + 1e-12

    def instance(free):
        weak, truth, offset, other, wander, mixture = free
        return dataclasses.replace(
            raw,
            weak=weak * scale,
            truth=truth,
            offset=offset * scale,
            other=other,
            wander=jax.nn.sigmoid(wander),
            mixture=jax.nn.sigmoid(mixture),
        )

    def objective(free):
        study = claim.domain.prepare(instance(free), claim.needs)
        return violation(check(claim.impose(study, drop)))

    def inside(free):
        weak, truth, offset, other, wander, mixture = free
        convex_set = raw.hypothesis.set
        return (weak, convex_set.project(truth), offset, convex_set.project(other), wander, mixture)  # type: ignore[attr-defined]

    optimiser = optax.adam(RATE)
    half = jnp.zeros_like(raw.wander)
    start = (raw.weak / scale, raw.truth, raw.offset / scale, raw.other, half, half)

    def step(carry, _):
        free, state, best, least = carry
        value, gradient = jax.value_and_grad(objective)(free)
        gradient = jax.tree.map(lambda g: jnp.nan_to_num(-g, posinf=0.0, neginf=0.0), gradient)
        better = jnp.nan_to_num(value, nan=-jnp.inf) > least
        best = jax.tree.map(lambda new, old: jnp.where(better, new, old), free, best)
        least = jnp.where(better, value, least)
        with jax.numpy_dtype_promotion("standard"):  # optax counts its steps in integers
            updates, state = optimiser.update(gradient, state)
        free = inside(optax.apply_updates(free, updates))
        return (free, state, best, least), None

    carry = (start, optimiser.init(start), start, jnp.full_like(half, -jnp.inf))
    (_, _, best, _), _ = jax.lax.scan(step, carry, None, length=steps)
    study = claim.domain.prepare(instance(best), claim.needs)
    slack = check(claim.impose(study, drop)).normalised_slack
    return jnp.where(jnp.isfinite(slack), slack, jnp.inf), instance(best)
