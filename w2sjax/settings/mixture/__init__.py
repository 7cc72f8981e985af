r"""Overlap mixtures: the symbols and assumptions that claims about students of overlap points are written in.

Logistic regressions learn a weak model's labels of $n_1 < \dots < n_k$ overlap points. $A_{r,i}$ is the
population accuracy of the student of $n_i$ points in the r-th of R independent repetitions, $\bar A_i$ its
mean.
"""

from w2sjax.language.claims import Assumption
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SYMBOLS = {
    "R": ("R", "R"),
    "k": ("k", "k"),
    "delta": (r"\delta", "δ"),
    "largest_fall": (r"\max_{i < j} (\bar A_i - \bar A_j)", "max_{i<j} (Ā_i - Ā_j)"),
    "largest_rise": (r"\max_{i < j} (\bar A_j - \bar A_i)", "max_{i<j} (Ā_j - Ā_i)"),
}
MIXTURE = SETTING = Setting("mixture", exact=False, symbols=SYMBOLS)
R, k, delta, largest_fall, largest_rise = map(quantity, SYMBOLS)

BETTER_THAN_CHANCE = Assumption(
    "better than chance", "the weak model is better than chance on the easy pattern"
)
