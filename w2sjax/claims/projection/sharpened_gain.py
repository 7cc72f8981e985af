r"""Sharpened Theorem 2: misfit less the gap and a term in the distance of the target.

Setting. $V$ is closed and convex, $f_s$ the projection of the target $f^*$ on $V$, and $\hat f$ any
student with gap $\gamma(\hat f) = \sup_{u \in V} \langle f_w - \hat f, u - \hat f \rangle$ (in Theorem 2
the projection in the measure of a sample).

Reference. Derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116. Write
$f^* = f_s + (f^* - f_s)$ in the exact form of Theorem 1; the gap covers $u = f_s$ and Cauchy-Schwarz
the rest.

Numerics. The gap is the certificate's upper bound at $f_s$. The proof works for any member in the
place of $f_s$, so the computed one needs no correction but for its rounding.
"""

from w2sjax import Claim
from w2sjax.language import named, sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, gap, off, sampled, target, two_points, weak

epsilon = named(r"\varepsilon", "ε", d(best, target))
misfit = d(sampled, weak)
base = d(weak, target) - misfit + 2 * gap(sampled)

CLAIM = Claim(
    title="Theorem 2, sharpened",
    source="derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX,),
    claim=d(sampled, target) <= base + 2 * sqrt(epsilon * misfit),
    false_twin=d(sampled, target) <= base,
    tight=two_points("subspace", weak=(3, 1), truth=1, other=2, student=2, offset=("1/2", "-1/2")),
    allowance=2 * off(best) * sqrt(misfit),
)
