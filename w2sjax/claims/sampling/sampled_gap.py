r"""The gap, in the population, of a student that was fitted on a sample.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w| \le B$, and n
independent points, on which $f_w$ does not depend; $\hat f$ is the projection of $f_w$ in the measure of
the sample, and $\gamma(q) = \sup_{u \in V} \langle f_w - q, u - q \rangle$.

Reference. Derived. The gap in the measure of the sample is 0, so $\gamma(\hat f) \le \sup_{u, v} (P -
P_n)[(f_w - v)(u - v)]$.

Numerics. Over the ball $\gamma = R\|g\| - \langle g, \hat\theta \rangle$ with $g = \sum_i w_i (f_w -
\hat f)_i h_i$; what the computed student leaves in the sample's measure is allowed for.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import log, named, sqrt
from w2sjax.settings.sampling import BOUNDED, FIRST, IID, SAMPLING, B, delta, gap, gap_n, n, student

CLAIM = Claim(
    title="gap of a student fitted on a sample",
    source="derived",
    setting=SAMPLING,
    assumptions=(IID, FIRST, BOUNDED),
    claim=gap(student)
    <= named(r"\Gamma", "Γ", 4 * B**2 / sqrt(n) + 5 * B**2 * sqrt(log(1 / delta) / (2 * n))),
    # The deviation falls like 1/n.
    false_twin=gap(student) <= 4 * B**2 / n + 5 * B**2 * sqrt(log(1 / delta) / 2) / n,
    allowance=gap_n(student),
    failure=Fraction(1, 10),
)
