r"""The deterministic core of Theorem 2: non-realizable target, student fitted on a sample.

Setting. $V$ is closed and convex, $f_s$ the projection of the target $f^*$ on $V$, $f_{sw}$ the
projection of $f_w$, and $\hat f$ any member of $V$ (in Theorem 2 the projection in the measure of a
sample), whose excess misfit $\kappa$ is not negative.

Reference. Derived: the deterministic part of Charikar, Pabbaraju, Shiragur (2024), Theorem 2,
arXiv:2405.15116, with explicit constants. $\|\hat f - f^*\| \le \|f_{sw} - f_s\| + \sqrt\kappa +
\sqrt\varepsilon$, projections do not expand, and Theorem 1 holds for the target $f_s$.

Numerics. $\kappa$ is computed with a certified projection, whose certificate perturbs it. The computed
$f_s$ is a member, and any member serves in its place; but then only $\|f_{sw} - f_s\| \le D$ plus its
distance from $f_s$.
"""

from w2sjax import Claim
from w2sjax.language import named, sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, radius, sampled, student, target, two_points, weak

kappa = named(r"\kappa", "κ", d(sampled, weak) - d(student, weak))
epsilon = named(r"\varepsilon", "ε", d(best, target))
D = named("D", "D", sqrt(d(weak, target)))
roots = sqrt(kappa) + sqrt(epsilon)
base = d(weak, target) - d(sampled, weak) + kappa + epsilon

CLAIM = Claim(
    title="Theorem 2, deterministic core",
    source="derived; deterministic part of Charikar, Pabbaraju, Shiragur (2024), Theorem 2, "
    "arXiv:2405.15116",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    claim=d(sampled, target) <= base + 2 * sqrt(epsilon) * D + 2 * D * roots + roots**2,
    false_twin=d(sampled, target) <= base + roots**2,
    tight=two_points("subspace", weak=(8, 2), truth=1, other=5, student=5),
    allowance=2 * radius(best) * roots,
)
