"""Committees: the average of several weak models."""

from w2sjax.language.printing import SUM
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SYMBOLS = {
    "error": (r"d(\bar f, f^*)", "d(f̄, f*)"),
    "mean_error": (r"\frac1m \sum_j d(f_j, f^*)", "Σ_j d(f_j, f*) / m", SUM),
    "spread": (r"\frac1m \sum_j d(f_j, \bar f)", "Σ_j d(f_j, f̄) / m", SUM),
}
COMMITTEE = SETTING = Setting("committee", exact=False, symbols=SYMBOLS)
error, mean_error, spread = map(quantity, SYMBOLS)
