r"""The performance gap recovered: at least the misfit's share of the gap, and at most all of it.

Setting. $V$ is closed and convex, $f_{sw}$ is the projection of the weak model $f_w$ on $V$, and the ceiling
is the projection $f_s$ of the target on $V$, the best that the strong class can do, with error
$\varepsilon$. PGR is (weak - student) / (weak - ceiling) of the errors; nothing is claimed where the weak
model is not worse than the ceiling.

Where the target lies in $V$ this is $d(f_{sw}, f_w) / d(f_w, f^*) \le \mathrm{PGR} \le 1$, the first an
equality on a subspace.

Reference. Derived; PGR is of Burns et al. (2023), section 3, arXiv:2312.09390. The sharpened Theorem 2 of
Charikar, Pabbaraju, Shiragur (2024) above the gap, and $d(f_{sw}, f^*) \ge \varepsilon$ as $f_{sw} \in V$.

Numerics. The proof of `sharpened_gain` below; a computed best member $\hat f_s$ has $d(\hat f_s, f^*) \le
d(f_{sw}, f^*) + 2 \langle f^* - \hat f_s, f_{sw} - \hat f_s \rangle$ above. Both are divided by the gap.
"""

from w2sjax import Claim
from w2sjax.language import less, named, sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points, weak

epsilon = named(r"\varepsilon", "ε", d(best, target))
misfit = d(student, weak)
gap = d(weak, target) - epsilon
recovered = named(r"\mathrm{PGR}", "PGR", (d(weak, target) - d(student, target)) / gap)

CLAIM = Claim(
    title="Performance gap recovered",
    source="derived; performance gap recovered of Burns et al. (2023), arXiv:2312.09390",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    where=(less(epsilon, d(weak, target)),),
    claim=((misfit - 2 * sqrt(epsilon * misfit)) / gap <= recovered, recovered <= 1),
    # The target is taken for realizable.
    false_twin=(misfit / gap <= recovered, recovered <= 1),
    tight=two_points("subspace", weak=(3, 1), truth=1, offset=("1/4", "-1/4")),
    allowance=2 * (off(best) * sqrt(misfit) + slip(student, best) + slip(best, student)) / gap,
)
