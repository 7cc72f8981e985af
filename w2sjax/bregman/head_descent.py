"""L-BFGS for softmax-linear heads of many coefficients, free or penalised."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int

from w2sjax.arithmetic.rounding import unit
from w2sjax.bregman.head_newton import separates
from w2sjax.bregman.head_points import Points

MEMORY = 20
EACH = 50  # iterations for a Newton step


def descend(
    points: Points, start: Float[Array, "r k"], penalty: Float[Array, ""], *, max_steps: int
) -> tuple[Float[Array, "r k"], Int[Array, ""], Bool[Array, ""]]:
    """Minimise as `head_newton.minimise` does, with `EACH` iterations for one of its steps.

    Rows of coefficients are scaled by the curvature that they have where all classes are equally likely.
    """
    squares = jnp.sum(points.weights[:, None] * points.features**2, axis=0)
    curvature = squares / points.labels.shape[1] + points.ridge(penalty) + (1 - points.kept)
    scale = jax.lax.rsqrt(curvature)[:, None]

    def objective(scaled):
        point = scale * scaled
        logs = jax.nn.log_softmax(points.scores(point), axis=1)
        loss = -jnp.sum(points.weights[:, None] * points.labels * logs)
        return loss + jnp.sum(points.ridge(penalty)[:, None] * point**2) / 2

    solver = optax.lbfgs(memory_size=MEMORY)
    value_and_slope = optax.value_and_grad_from_state(objective)

    def unfinished(state):
        _, _, size, steps, apart = state
        return (size > 64 * unit(start.dtype)) & (steps < EACH * max_steps) & ~apart

    def step(state):
        scaled: Any
        slope: Any
        scaled, memory, _, steps, _ = state
        value, slope = value_and_slope(scaled, state=memory)
        move, memory = solver.update(
            slope, memory, scaled, value=value, grad=slope, value_fn=objective
        )
        scaled = optax.apply_updates(scaled, move)
        apart = (penalty == 0) & separates(points, scale * scaled)
        return scaled, memory, jnp.sqrt(jnp.sum(slope**2)), steps + 1, apart

    scaled = start / scale
    infinite = jnp.full((), jnp.inf, start.dtype)
    first = scaled, solver.init(scaled), infinite, jnp.zeros((), jnp.int32), jnp.zeros((), bool)
    with jax.numpy_dtype_promotion("standard"):  # optax counts in numbers of two widths
        scaled, _, _, steps, apart = jax.lax.while_loop(unfinished, step, first)
    return scale * scaled, steps, apart
