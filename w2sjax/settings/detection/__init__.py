r"""Detected overlap points: points that score high along a direction, and the share that they make up.

n points carry an easy pattern, and with probability o a hard one too. A point is called an overlap point
where its score $s(x) = \langle x, m \rangle$ reaches the threshold, $|s| \ge \tau$.
"""

from typing import Any

from w2sjax.language.claims import Assumption
from w2sjax.language.printing import Style
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SETTING = DETECTION = Setting("detection")

IID = Assumption("i.i.d. points", "the points are independent draws")
ONE_DIRECTION = Assumption(
    "one direction", "the score is along one direction, fixed before the points"
)
HARD_ONLY = Assumption("hard coordinates only", "the direction is 0 on the easy coordinates")

estimate = quantity("estimate")  # the share of the points that are called
density = quantity("density")  # the probability of the hard pattern
false_positives = quantity(
    "false_positives"
)  # how likely a point without the hard pattern is called
misses = quantity("misses")  # a bound on how likely one with it is not
n, delta = quantity("n"), quantity("delta")

_WRITTEN = {
    "estimate": (r"\hat o", "ô"),
    "density": ("o", "o"),
    "false_positives": (r"\alpha", "α"),
    "misses": (r"\beta", "β"),
    "n": ("n", "n"),
    "delta": (r"\delta", "δ"),
}


def fixed(data: Any) -> bool:
    """Whether a quantity is the same for all samples."""
    return data != estimate.data


def written(data: Any, style: Style, *arguments: str) -> str:
    """Write a quantity."""
    del arguments
    return style.choose(*_WRITTEN[data[0]])
