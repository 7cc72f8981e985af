"""Strategies of data selection under one interface; `STRATEGIES` lists them by name."""

from w2sjax.overlap.bandits.strategies import STRATEGIES as STRATEGIES
from w2sjax.overlap.bandits.strategies import THEOREM as THEOREM
from w2sjax.overlap.bandits.strategies import AlwaysBest as AlwaysBest
from w2sjax.overlap.bandits.strategies import Index as Index
from w2sjax.overlap.bandits.strategies import strategy_named as strategy_named
from w2sjax.overlap.bandits.strategy import BanditState as BanditState
from w2sjax.overlap.bandits.strategy import Strategy as Strategy
from w2sjax.overlap.bandits.strategy import require_horizon as require_horizon
from w2sjax.overlap.bandits.strategy import toss as toss
