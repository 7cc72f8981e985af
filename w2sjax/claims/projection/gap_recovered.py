r"""The performance gap recovered: at least the misfit's share of the gap, and at most all of it.

Setting. $V$ is closed and convex, $f_{sw}$ is the projection of the weak model $f_w$ on $V$, and the ceiling
is the projection $f_s$ of the target on $V$, the best that the strong class can do, with error
$\varepsilon$. Of the errors, PGR = (weak - student) / (weak - ceiling); it is defined where the weak model is
not the ceiling's equal, and the formula is multiplied by its denominator.

Where the target lies in $V$ this is $d(f_{sw}, f_w) / d(f_w, f^*) \le \mathrm{PGR} \le 1$, the first an
equality on a subspace.

Reference. Derived; PGR is of Burns et al. (2023), section 3, arXiv:2312.09390. Below it is the sharpened
Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), and above $d(f_{sw}, f^*) \ge \varepsilon$, as
$f_{sw} \in V$.

Numerics. As in `sharpened_gain` below; a computed best member $\hat f_s$ has $d(\hat f_s, f^*) \le
d(f_{sw}, f^*) + 2 \langle f^* - \hat f_s, f_{sw} - \hat f_s \rangle$ above.
"""

from w2sjax import Claim
from w2sjax.language import named, sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points, weak

epsilon = named(r"\varepsilon", "ε", d(best, target))
misfit = d(student, weak)
gain = d(weak, target) - d(student, target)
recovered = named(r"\mathrm{PGR} \cdot (d(f_w, f^*) - \varepsilon)", "PGR · (d(f_w, f*) - ε)", gain)

CLAIM = Claim(
    title="Performance gap recovered",
    source="derived; performance gap recovered of Burns et al. (2023), arXiv:2312.09390",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    claim=(
        misfit - 2 * sqrt(epsilon * misfit) <= recovered,
        recovered <= d(weak, target) - epsilon,
    ),
    # The target is taken for realizable.
    false_twin=(misfit <= recovered, recovered <= d(weak, target) - epsilon),
    tight=two_points("subspace", weak=(3, 1), truth=1, offset=("1/4", "-1/4")),
    allowance=2 * (off(best) * sqrt(misfit) + slip(student, best) + slip(best, student)),
)
