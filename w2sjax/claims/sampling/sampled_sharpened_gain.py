r"""Sharpened Theorem 2 with probability: the statistical term falls like the root of 1/n.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w| \le B$, and n
independent points, on which $f_w$ does not depend; $\hat f$ is the projection of $f_w$ in the measure
of the sample, $f_s$ that of $f^*$ in the population.

Reference. Derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, whose
statistical term falls like $n^{-1/4}$: the deterministic form (`sharpened_gain`) with the gap of the student
that `sampled_gap` allows.

Numerics. Twice the gap that the computed student has left in the sample's measure is allowed for.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import log, named, sqrt
from w2sjax.settings import sampling
from w2sjax.settings.sampling import B, best, d, delta, gap_n, n, student, target, weak

allowed = named(r"\Gamma", "Γ", 4 * B**2 / sqrt(n) + 5 * B**2 * sqrt(log(1 / delta) / (2 * n)))
epsilon = named(r"\varepsilon", "ε", d(best, target))
without = d(weak, target) - d(student, weak) + 2 * sqrt(epsilon * d(student, weak))

CLAIM = Claim(
    title="Theorem 2, sharpened, with probability",
    source="derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116",
    setting=sampling.SETTING,
    assumptions=(sampling.IID, sampling.FIRST, sampling.BOUNDED),
    claim=d(student, target)
    <= d(weak, target) - d(student, weak) + 2 * allowed + 2 * sqrt(epsilon * d(student, weak)),
    # The statistical term is left out.
    false_twin=d(student, target) <= without,
    allowance=2 * gap_n(student),
    failure=Fraction(1, 10),
)
