r"""Overlap mixtures: the symbols and assumptions that claims about students of overlap points are written in.

Logistic regressions learn a weak model's labels of $n_1 < \dots < n_k$ overlap points. $A_{r,i}$ is the
population accuracy of the student of $n_i$ points in the r-th of R independent repetitions, $\bar A_i$ its
mean.
"""

from w2sjax.language.claims import Assumption
from w2sjax.language.printing import Style
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

MIXTURE = SETTING = Setting("mixture", exact=False)

R, k, delta = quantity("R"), quantity("k"), quantity("delta")
largest_fall, largest_rise = quantity("largest_fall"), quantity("largest_rise")

BETTER_THAN_CHANCE = Assumption(
    "better than chance", "the weak model is better than chance on the easy pattern"
)

_WRITTEN = {
    "R": ("R", "R"),
    "k": ("k", "k"),
    "delta": (r"\delta", "δ"),
    "largest_fall": (r"\max_{i < j} (\bar A_i - \bar A_j)", "max_{i<j} (Ā_i - Ā_j)"),
    "largest_rise": (r"\max_{i < j} (\bar A_j - \bar A_i)", "max_{i<j} (Ā_j - Ā_i)"),
}


def written(data: tuple[str, ...], style: Style, *arguments: str) -> str:
    """Write a quantity."""
    return style.choose(*_WRITTEN[data[0]])
