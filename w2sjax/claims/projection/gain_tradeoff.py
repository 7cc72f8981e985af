r"""The gain is at least half the misfit, less twice the best error.

Setting. $V$ is a closed convex class, $f_{sw}$ and $f_s$ are the projections of the weak model $f_w$ and
of the target $f^*$ on it; $\varepsilon = d(f_s, f^*)$.

One point of a curve of best pairs: gain $\ge a \cdot$ misfit $- \varepsilon / (1 - a)$ for every $a < 1$,
and no smaller factor of $\varepsilon$ will do. Unlike bounds with a root it adds up over parts of the
data.

Reference. Derived; a consequence of Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116,
sharpened: $2\sqrt{\varepsilon m} \le (1 - a) m + \varepsilon / (1 - a)$.

Numerics. The identity of the proof holds for computed projections too: the certificate of
$f_{sw}$ at $f_s$, with its multiplier, and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points, weak

gain = d(weak, target) - d(student, target)

CLAIM = Claim(
    title="Half the misfit, less twice the best error",
    source="derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, without a root",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    claim=gain >= d(student, weak) / 2 - 2 * d(best, target),
    false_twin=gain >= d(student, weak) / 2,
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(1, 1)),
    allowance=2 * slip(student, best) + 2 * off(best) * sqrt(d(student, weak)),
)
