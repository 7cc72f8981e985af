"""Choose all sources equally often on average: what selection has to beat."""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Int, UInt32

from w2sjax.overlap.bandits import stream
from w2sjax.overlap.bandits.strategy import BanditState, Strategy


@dataclasses.dataclass(frozen=True)
class Uniform(Strategy):
    """Choose a source at random."""

    def words(self, sources: int) -> int:
        """One, however many sources there are."""
        del sources
        return 1

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Int[Array, "*b"]:
        """Choose a source at random; with k sources the odds are equal up to k / 2^24."""
        share = stream.uniform(bits[0], state.pulls.dtype)
        return jnp.floor(share * state.sources.astype(share.dtype)).astype(jnp.int32)


UNIFORM = Uniform("uniform")
