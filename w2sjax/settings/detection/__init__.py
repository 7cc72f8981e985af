r"""Detected overlap points: points that score high along a direction, and the share that they make up.

n points carry an easy pattern, and with probability o a hard one too. A point is called an overlap point
where its score $s(x) = \langle x, m \rangle$ reaches the threshold, $|s| \ge \tau$.
"""

from typing import Any

from w2sjax.language.claims import Assumption
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SYMBOLS = {
    "estimate": (r"\hat o", "ô"),  # the share of the points that are called
    "density": ("o", "o"),  # the probability of the hard pattern
    "false_positives": (r"\alpha", "α"),  # how likely a point without the hard pattern is called
    "misses": (r"\beta", "β"),  # a bound on how likely one with it is not
    "n": ("n", "n"),
    "delta": (r"\delta", "δ"),
}
SETTING = DETECTION = Setting("detection", symbols=SYMBOLS)
estimate, density, false_positives, misses, n, delta = map(quantity, SYMBOLS)

IID = Assumption("i.i.d. points", "the points are independent draws")
ONE_DIRECTION = Assumption(
    "one direction", "the score is along one direction, fixed before the points"
)
HARD_ONLY = Assumption("hard coordinates only", "the direction is 0 on the easy coordinates")


def fixed(data: Any) -> bool:
    """Whether a quantity is the same for all samples."""
    return data != estimate.data
