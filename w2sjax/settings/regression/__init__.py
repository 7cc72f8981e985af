r"""Least squares on least squares: how much of a teacher's variance its student inherits.

Weak and strong features are jointly Gaussian, $\phi_w \sim N(0, I_{d_w})$ and $\phi_s \sim N(0, I_{d_s})$
with $C = E \phi_s \phi_w^\top$ and $d_{sw} = \lVert C \rVert_F^2$. The truth is linear in $\phi_w$. The
teacher is the least-squares fit on $\phi_w$ to n labels with noise of variance $\sigma^2$, the student
that on $\phi_s$ to the teacher's labels of N other points. Its variance over the noise, for given points
and at a fresh one, is a trace; $\bar V$ is the mean of these over R pairs of samples.
"""

from w2sjax.language.claims import Assumption
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SYMBOLS = {
    "n": ("n", "n"),
    "N": ("N", "N"),
    "d_w": ("d_w", "d_w"),
    "d_s": ("d_s", "d_s"),
    "shared": ("d_{sw}", "d_sw"),
    "squared": (r"\lVert C^\top C \rVert_F^2", "‖CᵀC‖_F²"),
    "sigma": (r"\sigma", "σ"),
    "R": ("R", "R"),
    "delta": (r"\delta", "δ"),
    "mean_variance": (r"\bar V", "V̄"),
}
REGRESSION = SETTING = Setting("regression", exact=False, symbols=SYMBOLS)
n, N, d_w, d_s, shared, squared, sigma, R, delta, mean_variance = map(quantity, SYMBOLS)

GAUSSIAN = Assumption("Gaussian features", "the features of a point are jointly Gaussian")
WHITE = Assumption("white features", "the features have unit covariance")
