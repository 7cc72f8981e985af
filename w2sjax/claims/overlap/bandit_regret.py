r"""The theorem's index loses little density on average.

Setting. K sources of densities $o_k$ with independent rewards in [0, 1], $T \ge K$ rounds, each source tried
once first, then the one with the largest $\hat o_k + \sqrt{2 \log T / n_k}$, where $\hat o_k$ is the mean
of the $n_k$ rewards of source k so far; $o_{\pi(t)}$ is the density of the source of round t.

Statement. $o_{\max} - \mathbb{E} \frac1T \sum_t o_{\pi(t)} \le \sqrt{8K \log T / T} + K/T + 2K/T^3$.

Reference. Derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881, with explicit constants.

Numerics. The expectation is estimated by the mean over R = 16 repetitions, which exceeds it by more than
$\sqrt{\log(1/\delta)/(2R)}$ times the largest gap with probability at most $\delta$ (Hoeffding); this is
the tolerance, so that an instance violates a true statement with probability at most $\delta$. A bound
above 1 says nothing: the strata tell such instances apart.
"""

import math

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.overlap.regret_study import BOUNDED, DOMAIN, FAILURE, INDEPENDENT, RegretStudy
from w2sjax.rounding import Rounded, exact


def check(study: RegretStudy) -> Inequality:
    """Compare the mean regret with its bound."""
    return _compare(study, study.exploration() + study.unlucky())


def false_twin(study: RegretStudy) -> Inequality:
    """Let all rounds together lose no more than one point, whatever the gaps."""
    return _compare(study, exact(1 / study.horizon))


def _compare(study: RegretStudy, bound: Rounded) -> Inequality:
    repetitions = study.pulls.shape[-1]
    radius = study.spread() * math.sqrt(math.log(1 / FAILURE) / (2 * repetitions))
    return compare(study.mean_regret(), bound, allowance=radius)


CLAIM = Claim(
    name="bandit_regret",
    title="Regret of selecting sources, explicit",
    statement=r"o_{\max} - \mathbb{E} \frac1T \sum_t o_{\pi(t)} \le \sqrt{8K \log T / T} + K/T + 2K/T^3",
    reference="derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881, with constants",
    domain=DOMAIN,
    hypotheses={"independence": INDEPENDENT, "boundedness": BOUNDED},
    check=check,
    false_twin=false_twin,
    sets=(),
    needs=(),
    failure=FAILURE,
)
