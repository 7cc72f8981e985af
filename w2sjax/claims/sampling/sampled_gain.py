r"""Theorem 2 with probability, constants written out.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w|, |f^*| \le B$, and
n independent points, on which $f_w$ does not depend; $\hat f$ is the projection of $f_w$ in the measure
of the sample, $f_s$ that of $f^*$ in the population.

Reference. Derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, with constants: the
deterministic core (`nonrealizable_gain`) with the excess misfit $\kappa = 2\Delta$ that Lemma 4 allows
(`uniform_misfit`).

Numerics. The excess misfit of the computed student is larger by at most $2\gamma_n$, $\gamma_n$ the gap that
it has left in the sample's measure, and $\sqrt{\kappa + 2\gamma_n} - \sqrt\kappa \le \gamma_n / \sqrt\kappa$.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import log, named, sqrt
from w2sjax.settings import sampling
from w2sjax.settings.sampling import B, best, d, delta, gap_n, n, student, target, weak

deviation = named(r"\Delta", "Δ", 8 * B**2 / sqrt(n) + 4 * B**2 * sqrt(log(2 / delta) / (2 * n)))
kappa = named(r"\kappa", "κ", 2 * deviation)
epsilon = named(r"\varepsilon", "ε", d(best, target))
distance = named("D", "D", sqrt(d(weak, target)))
gain = d(weak, target) - d(student, weak)
roots = sqrt(kappa) + sqrt(epsilon)

CLAIM = Claim(
    title="Theorem 2 with probability",
    source="derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, "
    "with constants",
    setting=sampling.SETTING,
    assumptions=(sampling.IID, sampling.FIRST, sampling.BOUNDED),
    claim=d(student, target)
    <= gain + kappa + epsilon + 2 * sqrt(epsilon) * distance + 2 * distance * roots + roots**2,
    # The statistical terms are left out.
    false_twin=d(student, target) <= gain + 2 * epsilon + 4 * sqrt(epsilon) * distance,
    allowance=2 * gap_n(student) * (2 + (distance + sqrt(epsilon)) / sqrt(kappa)),
    failure=Fraction(1, 10),
)
