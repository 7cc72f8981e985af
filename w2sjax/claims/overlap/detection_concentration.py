r"""The share of points that score high is near the overlap density.

Setting. n independent points carry an easy pattern, and with probability o a hard one too: its hard
coordinates have mean $\pm\mu$ and noise $N(0, \sigma^2 I)$; without it they are noise alone, or 0. The score
is $s(x) = \langle x, m \rangle$ with a direction m on hard coordinates, fixed before the points, and $\hat o$
is the share of points with $|s| \ge \tau$. $\alpha = 2Q(\tau/(\sigma\|m\|))$ is the false-positive rate, 0
where absent patterns are zeroed, and $\beta = \Phi((\tau - |\langle \mu, m \rangle|)/(\sigma\|m\|))$ bounds
the miss rate.

Statement. With probability at least $1 - \delta$, $\lvert \hat o - o \rvert \le \max(\alpha, \beta) +
\sqrt{\log(2/\delta)/(2n)}$.

Reference. Derived; Shin, Cooper, Sala (2025), Theorem 4.2, arXiv:2412.03881, for a fixed direction and
threshold: the mean of $\hat o$ is off by a mixture of the rates, and Hoeffding bounds the rest.

Numerics. Scores that rounding may have moved over the threshold count in the tolerance. The error function
gets room for 256 roundings, as no standard bounds its error.
"""

import jax.numpy as jnp

from w2sjax import rounding
from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.overlap.detection_dropped import HYPOTHESES
from w2sjax.claims.overlap.detection_study import DOMAIN, FAILURE, DetectionStudy
from w2sjax.rounding import Rounded


def check(study: DetectionStudy, *, rate: float = 0.5) -> Inequality:
    """Compare the error of the density with its bound."""
    off = study.share() - rounding.exact(study.instance.density)
    false_positives, misses = study.rates()
    worst = Rounded(
        jnp.maximum(false_positives.value, misses.value),
        jnp.maximum(false_positives.error, misses.error),
    )
    return compare(Rounded(jnp.abs(off.value), off.error), worst + study.deviation(rate))


def false_twin(study: DetectionStudy) -> Inequality:
    """Let the deviation fall like 1/n."""
    return check(study, rate=1.0)


CLAIM = Claim(
    name="detection_concentration",
    title="Theorem 4.2, explicit",
    statement=r"\lvert \hat o - o \rvert \le \max(\alpha, \beta) + \sqrt{\log(2/\delta)/(2n)}",
    reference="derived; Shin, Cooper, Sala (2025), Theorem 4.2, arXiv:2412.03881, "
    "for a fixed direction and threshold",
    domain=DOMAIN,
    hypotheses=HYPOTHESES,
    check=check,
    false_twin=false_twin,
    sets=(),
    needs=(),
    failure=FAILURE,
)
