"""How networks and heads are trained: AdamW in shuffled batches, constant or cosine learning rate."""

import dataclasses
import math

import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int


@dataclasses.dataclass(frozen=True)
class Schedule:
    """A training schedule; the defaults are those of Charikar, Pabbaraju, Shiragur (2024).

    Attributes:
        epochs: passes over the data.
        batch: points a step; the last batch of a pass may hold fewer.
        learning_rate, weight_decay: of AdamW, whose other constants are PyTorch's (and optax's).
        cosine: whether the learning rate falls to zero along a cosine over all steps.
    """

    epochs: int = 1000
    batch: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    cosine: bool = False

    def __post_init__(self):
        if self.epochs < 1 or self.batch < 1:
            raise ValueError(
                f"schedule: needs at least one epoch and one point a batch, got {self}"
            )

    def steps(self, points: int) -> int:
        """Steps in one pass over the points."""
        return math.ceil(points / self.batch)

    def optimiser(self, total_steps: int) -> optax.GradientTransformation:
        """AdamW for a training of this many steps."""
        rate = self.learning_rate
        if self.cosine:
            rate = optax.cosine_decay_schedule(rate, total_steps)
        return optax.adamw(rate, weight_decay=self.weight_decay)

    def batches(
        self, order: Int[Array, " n"], dtype
    ) -> tuple[Int[Array, "steps batch"], Float[Array, "steps batch"]]:
        """Cut one pass into batches: the indices of the points of each, and weights that sum to one.

        The last batch is filled up with points of weight zero.
        """
        shape = (self.steps(order.size), self.batch)
        missing = shape[0] * shape[1] - order.size
        used = jnp.pad(jnp.ones(order.size, dtype), (0, missing)).reshape(shape)
        return jnp.pad(order, (0, missing)).reshape(shape), used / jnp.sum(
            used, axis=1, keepdims=True
        )
