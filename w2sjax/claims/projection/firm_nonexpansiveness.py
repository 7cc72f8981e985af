r"""Projections are firmly nonexpansive: students of near labels are nearer.

Setting. $V$ is a closed convex class, $f_{sw}$ and $f_s$ are the projections of the weak model $f_w$ and
of the target $f^*$ on it; both are arbitrary.

$d(f_{sw}, f_s) \le d(f_w, f^*) - d(f_w - f_{sw}, f^* - f_s)$: the student is nearer to the best member
than the teacher to the target, by as much as what the class cannot express of them differs.

Reference. Classical; add the variational inequality of $f_{sw}$ at $f_s$ and that of $f_s$ at $f_{sw}$.

Numerics. The identity of the proof holds for computed projections too: the certificate of
both projections at each other, with its multiplier, and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points, weak

CLAIM = Claim(
    title="Projections are firmly nonexpansive",
    source="classical",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    claim=d(student, best) <= d(weak, target) - d(weak - student, target - best),
    false_twin=d(student, best) <= d(weak, target) - 2 * d(weak - student, target - best),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(1, 1)),
    allowance=2 * slip(student, best)
    + 2 * slip(best, student)
    + 2 * off(best) * sqrt(d(student, weak))
    + 2 * off(student) * sqrt(d(best, target)),
)
