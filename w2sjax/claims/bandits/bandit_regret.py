r"""The theorem's index loses little density on average.

Setting. K sources of densities $o_k$ with independent rewards in [0, 1], $T \ge K$ rounds, each source tried
once first, then the one with the largest $\hat o_k + \sqrt{2 \log T / n_k}$, where $\hat o_k$ is the mean
of the $n_k$ rewards of source k so far; $o_{\pi(t)}$ is the density of the source of round t.

Reference. Derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881, with explicit constants: all
intervals hold but with probability $2K/T^3$, and then a source of gap $\Delta$ is chosen at most
$1 + 8 \log T/\Delta^2$ times.

Numerics. The expectation is estimated by the mean over R = 16 repetitions, which exceeds it by more than
$\sqrt{\log(1/\delta)/(2R)}$ times the largest gap with probability at most $\delta$ (Hoeffding); this is
the tolerance, so that an instance violates a true statement with probability at most $\delta = 0.1$. A bound
above 1 says nothing: the strata tell such instances apart.
"""

from w2sjax import Claim
from w2sjax.language import log, sqrt
from w2sjax.settings.bandits import BANDITS, BOUNDED, INDEPENDENT, K, T, regret

CLAIM = Claim(
    title="Regret of selecting sources, explicit",
    source="derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881, with constants",
    setting=BANDITS,
    assumptions=(INDEPENDENT, BOUNDED),
    claim=regret <= sqrt(8 * K * log(T) / T) + K / T + 2 * K / T**3,
    # All rounds together lose no more than one point.
    false_twin=regret <= 1 / T,
)
