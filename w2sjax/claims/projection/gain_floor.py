r"""A student loses at most what the target keeps out of its reach.

Setting. $V$ is a closed convex class, $f_{sw}$ and $f_s$ are the projections of the weak model $f_w$ and
of the target $f^*$ on it; both are arbitrary.

A strong student is never worse than its teacher by more than its own best error
$\varepsilon = d(f_s, f^*)$. The constant 1 is the best one; equality holds where the teacher is right,
$f_w = f^*$.

Reference. Derived. $2\langle f_w - f_{sw}, f_s - f_{sw}\rangle \le 0$, and the square of
$(f_w - f_{sw}) - (f^* - f_s)$.

Numerics. The identity of the proof holds for computed projections too: the certificate of
$f_{sw}$ at $f_s$, with its multiplier, and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points, weak

CLAIM = Claim(
    title="The gain is at least minus the best error",
    source="derived",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    claim=d(student, target) <= d(weak, target) + d(best, target),
    false_twin=d(student, target) <= d(weak, target),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(2, 2)),
    allowance=2 * slip(student, best) + 2 * off(best) * sqrt(d(student, weak)),
)
