r"""Linear heads $x \mapsto \langle a, h(x) \rangle + c$: drawn as tasks, or trained by AdamW.

Exact heads are projections (`w2sjax.project` over `affine`); trained ones are what people have.
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from w2sjax.representations.network import uniform_by_fan_in
from w2sjax.representations.schedule import Schedule


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Heads:
    """Linear heads with intercepts.

    Attributes:
        coefficients: one head a row.
        intercepts: one number a head.
    """

    coefficients: Float[Array, "*batch k"]
    intercepts: Float[Array, "*batch"]

    def values(self, features: Float[Array, "n k"]) -> Float[Array, "*batch n"]:
        """Evaluate every head at the points."""
        products = jnp.matmul(self.coefficients, features.T, precision=jax.lax.Precision.HIGHEST)
        return products + self.intercepts[..., None]


def draw_heads(key: PRNGKeyArray, count: int, width: int, dtype) -> Heads:
    r"""Draw heads as PyTorch starts a linear layer: uniform on $\pm 1/\sqrt{\text{width}}$."""
    start = uniform_by_fan_in(width)
    coefficients_key, intercepts_key = jax.random.split(key)
    return Heads(
        start(coefficients_key, (count, width), dtype), start(intercepts_key, (count,), dtype)
    )


@functools.partial(jax.jit, static_argnames=("schedule",))
def train_heads(
    key: PRNGKeyArray,
    features: Float[Array, "n k"],
    labels: Float[Array, "m n"],
    schedule: Schedule,
) -> Heads:
    r"""Train one head for each row of labels by AdamW on the mean squared error.

    All heads see the same shuffled batches; each starts from its own draw. Works in the dtype of the
    features and returns it.
    """
    count, points = labels.shape
    start_key, order_key = jax.random.split(key)
    heads = draw_heads(start_key, count, features.shape[1], features.dtype)
    optimiser = schedule.optimiser(schedule.epochs * schedule.steps(points))

    def loss(heads, seen, wanted, weights):
        # The sum over heads has the gradient of each head's own loss.
        return jnp.sum(weights[None, :] * (heads.values(seen) - wanted) ** 2)

    def step(state, batch):
        heads, moments = state
        rows, weights = batch
        gradient = jax.grad(loss)(heads, features[rows], labels[:, rows], weights)
        with jax.numpy_dtype_promotion("standard"):
            change, moments = optimiser.update(gradient, moments, heads)
        return (jax.tree.map(jnp.add, heads, change), moments), None

    def epoch(state, index):
        order = jax.random.permutation(jax.random.fold_in(order_key, index), points)
        batches = schedule.batches(order, features.dtype)
        return jax.lax.scan(step, state, batches)[0], None

    parameters: Any = heads
    state = (parameters, optimiser.init(parameters))
    (heads, _), _ = jax.lax.scan(epoch, state, jnp.arange(schedule.epochs))
    return heads
