"""Choose the best source, which only somebody who knows the means can do: the benchmark."""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, UInt32

from w2sjax.overlap.bandits.arms import largest
from w2sjax.overlap.bandits.strategy import BanditState, Strategy


@dataclasses.dataclass(frozen=True)
class AlwaysBest(Strategy):
    """Choose the source that it was told is best, after trying each once as the others do.

    Attributes:
        best: which one it is; to choose without it is a `ValueError`.
    """

    best: Any = None

    def told(self, means: Float[Array, "k *b"]) -> "AlwaysBest":
        """Learn which source is best."""
        return dataclasses.replace(self, best=largest(means))

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Int[Array, "*b"]:
        """Choose it."""
        del bits
        if self.best is None:
            raise ValueError("best: expected to be told which source that is, got None")
        return jnp.broadcast_to(jnp.asarray(self.best, jnp.int32), state.pulls.shape[1:])


ALWAYS_BEST = AlwaysBest("best")
