"""Overlap points: detecting them, and choosing the sources that hold many."""

from w2sjax.overlap.bandits import STRATEGIES as STRATEGIES
from w2sjax.overlap.bandits import BanditState as BanditState
from w2sjax.overlap.bandits import Strategy as Strategy
from w2sjax.overlap.change_point import ChangePoint as ChangePoint
from w2sjax.overlap.change_point import change_point as change_point
from w2sjax.overlap.data_selection import Selection as Selection
from w2sjax.overlap.data_selection import select_data as select_data
from w2sjax.overlap.density import density_interval as density_interval
from w2sjax.overlap.detection import Detection as Detection
from w2sjax.overlap.detection import detect as detect
from w2sjax.overlap.diagnostics import resampled_splits as resampled_splits
from w2sjax.overlap.diagnostics import valley_test as valley_test
from w2sjax.overlap.regret import regret_bound as regret_bound
from w2sjax.overlap.regret import sharper_regret_bound as sharper_regret_bound
from w2sjax.overlap.rewards import Detected as Detected
from w2sjax.overlap.scores import largest_similarity as largest_similarity
from w2sjax.overlap.simulation import Simulation as Simulation
from w2sjax.overlap.simulation import simulate as simulate
