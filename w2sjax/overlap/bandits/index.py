r"""Upper confidence bounds: choose the source with the largest index.

The theorem's index is $\hat o_k + \sqrt{2 \log T / n_k}$: the mean reward of source k plus the radius of an
interval that holds its true mean but with probability $2T^{-4}$ (Hoeffding). The variant
$\hat o_k + \sqrt{2 \log T} / n_k$ leaves the root over the pulls out; its radius falls faster than the mean
converges, and no theorem covers it.

Shin, Cooper, Sala (2025), Theorem 4.3 and their released code, arXiv:2412.03881; after Auer,
Cesa-Bianchi, Fischer (2002). Constants and proof: docs/selection.md.
"""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, UInt32

from w2sjax.overlap.bandits.arms import Counts, Places, largest
from w2sjax.overlap.bandits.strategy import BanditState, Strategy


@dataclasses.dataclass(frozen=True)
class Index(Strategy):
    """Choose the largest mean reward plus radius; ties go to the first source.

    Attributes:
        root: whether the root covers the pulls, as in the theorem.
    """

    root: bool = True

    def memory(self, pulls: Counts, rewards: Counts, horizon: Any) -> tuple[Counts, ...]:
        """Compute the index."""
        counts = jnp.maximum(pulls, 1)
        wide = 2 * jnp.log(horizon)
        radius = jnp.sqrt(wide / counts) if self.root else jnp.sqrt(wide) / counts
        return (rewards / counts + radius,)

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Choose the largest index."""
        del bits
        return largest(state.memory[0])


THEOREM = Index("index")
VARIANT = Index("variant", root=False)
