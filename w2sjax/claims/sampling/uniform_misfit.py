r"""Lemma 4 with a constant: population and sample misfit differ little, for all heads at once.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w| \le B$, and n
independent points, on which $f_w$ does not depend; $d_n$ is the distance in the sample.

Reference. Derived; Charikar, Pabbaraju, Shiragur (2024), Lemma 4, arXiv:2405.15116, with explicit
constants: Rademacher complexity of the ball, contraction with Lipschitz constant $4B$, McDiarmid with
range $4B^2$.

Numerics. The difference is a quadratic in $\theta$, whose largest and least value over the ball are
found exactly (a trust-region problem) and bracketed by weak duality: the supremum is not sampled.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import log, named, sqrt
from w2sjax.settings.sampling import BOUNDED, FIRST, IID, SAMPLING, B, delta, deviation, n

CLAIM = Claim(
    title="Lemma 4, explicit",
    source="derived; Charikar, Pabbaraju, Shiragur (2024), Lemma 4, arXiv:2405.15116, "
    "with constants",
    setting=SAMPLING,
    assumptions=(IID, FIRST, BOUNDED),
    claim=deviation
    <= named(r"\Delta", "Δ", 8 * B**2 / sqrt(n) + 4 * B**2 * sqrt(log(2 / delta) / (2 * n))),
    # The deviation falls like 1/n.
    false_twin=deviation <= 8 * B**2 / n + 4 * B**2 * sqrt(log(2 / delta) / 2) / n,
    failure=Fraction(1, 10),
)
