r"""A Bregman projection, with the student first, gains at least its misfit.

Setting. $V$ is closed and convex, the target $f^*$ lies in $V$, and the student $v$ minimises $D(\cdot, f_w)$
over $V$; for KL, error is KL(target ‖ model) and misfit the reverse KL(student ‖ weak).

Reference. Mulgund, Pabbaraju (2025), arXiv:2501.19105. The three-point identity $D(f^*, f_w) =
D(f^*, v) + D(v, f_w) + \langle \nabla\varphi(v) - \nabla\varphi(f_w), f^* - v \rangle$; the product is
nonnegative as v is optimal.

Numerics. The slack of any $v$ is this product, at least minus the certificate of v at every member.
"""

from w2sjax import Claim
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, slip, student, target, weak

CLAIM = Claim(
    title="Bregman gain is at least Bregman misfit",
    source="Mulgund, Pabbaraju (2025), arXiv:2501.19105",
    setting=bregman.SETTING,
    assumptions=(bregman.CONVEX, bregman.REALIZABLE, bregman.EXACT, bregman.STUDENT_FIRST),
    claim=D(target, student) <= D(target, weak) - D(student, weak),
    false_twin=D(target, student) <= D(target, weak) - 2 * D(student, weak),
    allowance=slip,
    tight=bregman.points(weak=[(0, 1)], target=[(1, 0)], student=[(0, 0)]),
)
