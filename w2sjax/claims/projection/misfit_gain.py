r"""The gain of a weak-to-strong student is at least its misfit.

Setting. $V$ is a closed convex class of functions, the target $f^*$ lies in $V$, and the student
$f_{sw}$ is the projection of the weak model $f_w$ on $V$; $f_w$ is arbitrary.

Reference. Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116.

Numerics. For any $f$ the slack is $2\langle f_w - f, f - f^* \rangle$, which for the computed student
is at least minus twice the bound on $\langle f_w - f, u - f \rangle$ that its certificate gives at
$u = f^*$: that and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.settings import projection
from w2sjax.settings.projection import d, slip, student, target, two_points, weak

CLAIM = Claim(
    title="Theorem 1: gain is at least misfit",
    source="Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.REALIZABLE, projection.EXACT),
    claim=d(student, target) <= d(weak, target) - d(student, weak),
    false_twin=d(student, target) <= d(weak, target) - 2 * d(student, weak),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, student=1),
    allowance=2 * slip(student, target),
)
