"""Strategies of data selection under one interface; `STRATEGIES` lists them by name."""

from w2sjax.overlap.bandits.always_best import ALWAYS_BEST
from w2sjax.overlap.bandits.always_best import AlwaysBest as AlwaysBest
from w2sjax.overlap.bandits.index import THEOREM, VARIANT
from w2sjax.overlap.bandits.index import Index as Index
from w2sjax.overlap.bandits.strategy import BanditState as BanditState
from w2sjax.overlap.bandits.strategy import Strategy as Strategy
from w2sjax.overlap.bandits.strategy import require_horizon as require_horizon
from w2sjax.overlap.bandits.strategy import toss as toss
from w2sjax.overlap.bandits.thompson import THOMPSON
from w2sjax.overlap.bandits.thompson import Thompson as Thompson
from w2sjax.overlap.bandits.uniform import UNIFORM
from w2sjax.overlap.bandits.uniform import Uniform as Uniform

STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy for strategy in (THEOREM, VARIANT, THOMPSON, UNIFORM, ALWAYS_BEST)
}


def strategy_named(strategy: Strategy | str) -> Strategy:
    """Return the strategy itself, or the registered one of that name.

    Raises:
        ValueError: if there is none.
    """
    if isinstance(strategy, Strategy):
        return strategy
    if strategy not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise ValueError(f"strategy: there is no {strategy!r}; known are {known}")
    return STRATEGIES[strategy]
