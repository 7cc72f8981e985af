"""Thompson sampling: draw a density from each source's posterior, choose the source of the largest.

With a uniform prior and rewards of 0 and 1 the posterior after s ones and f zeros is Beta(s + 1, f + 1).
Only the order of the draws matters, so their logits are compared, and `log_odds` draws these from one
normal number each. Rewards between 0 and 1 are first made 0 or 1 by `toss`.

Thompson (1933); Agrawal, Goyal (2012), algorithms 1 and 2.
"""

import dataclasses
from typing import Any

from jaxtyping import Array, UInt32

from w2sjax.overlap.bandits import log_odds, stream
from w2sjax.overlap.bandits.arms import Counts, Places, largest
from w2sjax.overlap.bandits.strategy import BanditState, Strategy


@dataclasses.dataclass(frozen=True)
class Thompson(Strategy):
    """Choose each source with the posterior probability that it is the best."""

    binary: bool = True

    def words(self, sources: int) -> int:
        """One for each source."""
        return sources

    def memory(self, pulls: Counts, rewards: Counts, horizon: Any) -> tuple[Counts, ...]:
        """Compute the coefficients that turn normal draws into draws from the posterior."""
        del horizon
        return log_odds.coefficients(1 + rewards, 1 + pulls - rewards)

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Draw from all posteriors and choose the largest."""
        draws = stream.normal(bits, state.memory.dtype)
        return largest(log_odds.quantile(state.memory, draws))


THOMPSON = Thompson("thompson")
