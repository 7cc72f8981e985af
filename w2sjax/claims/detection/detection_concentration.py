r"""The share of points that score high is near the overlap density.

Setting. n independent points carry an easy pattern, and with probability o a hard one too: its hard
coordinates have mean $\pm\mu$ and noise $N(0, \sigma^2 I)$; without it they are noise alone, or 0. The score
is $s(x) = \langle x, m \rangle$ with a direction m on hard coordinates, fixed before the points, and $\hat o$
is the share of points with $|s| \ge \tau$. $\alpha = 2Q(\tau/(\sigma\|m\|))$ is the false-positive rate, 0
where absent patterns are zeroed, and $\beta = \Phi((\tau - |\langle \mu, m \rangle|)/(\sigma\|m\|))$ bounds
the miss rate.

Reference. Derived; Shin, Cooper, Sala (2025), Theorem 4.2, arXiv:2412.03881, for a fixed direction and
threshold: the mean of $\hat o$ is off by a mixture of the rates, and Hoeffding bounds the rest.

Numerics. Scores that rounding may have moved over the threshold count in the tolerance. The error function
gets room for 256 roundings, as no standard bounds its error.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import absolute, log, maximum, sqrt
from w2sjax.settings import detection
from w2sjax.settings.detection import delta, density, estimate, false_positives, misses, n

off = absolute(estimate - density)
rate = maximum(false_positives, misses)

CLAIM = Claim(
    title="Theorem 4.2, explicit",
    source="derived; Shin, Cooper, Sala (2025), Theorem 4.2, arXiv:2412.03881, "
    "for a fixed direction and threshold",
    setting=detection.SETTING,
    assumptions=(detection.IID, detection.ONE_DIRECTION, detection.HARD_ONLY),
    claim=off <= rate + sqrt(log(2 / delta) / (2 * n)),
    # The deviation falls like 1/n.
    false_twin=off <= rate + sqrt(log(2 / delta) / 2) / n,
    failure=Fraction(1, 10),
)
