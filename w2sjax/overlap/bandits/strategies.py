r"""The strategies: two upper confidence bounds, Thompson sampling, chance, and the benchmark.

The theorem's index is $\hat o_k + \sqrt{2 \log T / n_k}$: the mean reward of source k plus the radius of an
interval that holds its true mean but with probability $2T^{-4}$ (Hoeffding). The variant
$\hat o_k + \sqrt{2 \log T} / n_k$ leaves the root over the pulls out; its radius falls faster than the mean
converges, and no theorem covers it. Shin, Cooper, Sala (2025), Theorem 4.3 and their released code,
arXiv:2412.03881; after Auer, Cesa-Bianchi, Fischer (2002). Constants and proof:
docs/explanation/data_sources.md.

Thompson sampling draws a density from each source's posterior. With a uniform prior and rewards of 0 and 1
the posterior after s ones and f zeros is Beta(s + 1, f + 1). Only the order of the draws matters, so their
logits are compared, and `log_odds` draws these from one normal number each. Rewards between 0 and 1 are
first made 0 or 1 by `toss`. Thompson (1933); Agrawal, Goyal (2012), algorithms 1 and 2.
"""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, UInt32

from w2sjax.language.names import unknown
from w2sjax.overlap.bandits import log_odds, stream
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
        return largest(state.memory[0])


@dataclasses.dataclass(frozen=True)
class Thompson(Strategy):
    """Choose each source with the posterior probability that it is the best."""

    binary: bool = True

    def words(self, sources: int) -> int:
        """One for each source."""
        return sources

    def memory(self, pulls: Counts, rewards: Counts, horizon: Any) -> tuple[Counts, ...]:
        """Compute the coefficients that turn normal draws into draws from the posterior."""
        return log_odds.coefficients(1 + rewards, 1 + pulls - rewards)

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Draw from all posteriors and choose the largest."""
        draws = stream.normal(bits, state.memory.dtype)
        return largest(log_odds.quantile(state.memory, draws))


@dataclasses.dataclass(frozen=True)
class Uniform(Strategy):
    """Choose a source at random, all equally often on average: what selection has to beat."""

    def words(self, sources: int) -> int:
        """One, however many sources there are."""
        return 1

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Choose a source at random; with k sources the odds are equal up to k / 2^24."""
        share = stream.uniform(bits[0], state.pulls.dtype)
        return jnp.floor(share * state.sources.astype(share.dtype)).astype(jnp.int32)


@dataclasses.dataclass(frozen=True)
class AlwaysBest(Strategy):
    """Choose the source that it was told is best, after trying each once as the others do.

    Only somebody who knows the means can do so: the benchmark.

    Attributes:
        best: which one it is; to choose without it is a `ValueError`.
    """

    best: Any = None

    def told(self, means: Float[Array, "k *b"]) -> "AlwaysBest":
        """Learn which source is best."""
        return dataclasses.replace(self, best=largest(means))

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Choose it."""
        if self.best is None:
            raise ValueError("best: expected to be told which source that is, got None")
        return jnp.broadcast_to(jnp.asarray(self.best, jnp.int32), state.pulls.shape[1:])


THEOREM, VARIANT = Index("index"), Index("variant", root=False)
STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (THEOREM, VARIANT, Thompson("thompson"), Uniform("uniform"), AlwaysBest("best"))
}


def strategy_named(strategy: Strategy | str) -> Strategy:
    """Return the strategy itself, or the registered one of that name.

    Raises:
        ValueError: if there is none.
    """
    if isinstance(strategy, Strategy):
        return strategy
    if strategy not in STRATEGIES:
        raise unknown("strategy", strategy, STRATEGIES)
    return STRATEGIES[strategy]
