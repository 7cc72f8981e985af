r"""With the weak model first, as in cross-entropy training, the gain has the target second.

Setting. The gradients $\nabla\varphi(V)$ are closed and convex (for KL: mixtures of logits, such as
softmax of bounded linear heads), the target lies in $V$, and the student $v$ minimises $D(f_w, \cdot)$
over $V$.

Reference. Derived: Mulgund, Pabbaraju (2025), arXiv:2501.19105, for the conjugate of $\varphi$, as
$D_\varphi(f, g) = D_{\varphi^*}(\nabla\varphi(g), \nabla\varphi(f))$.

Numerics. As for the gain, in gradients.
"""

from w2sjax import Claim
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, slip, student, target, weak

CLAIM = Claim(
    title="Dual Bregman gain",
    source="derived; Mulgund, Pabbaraju (2025), arXiv:2501.19105",
    setting=bregman.SETTING,
    assumptions=(bregman.DUAL_CONVEX, bregman.REALIZABLE, bregman.EXACT, bregman.WEAK_FIRST),
    claim=D(student, target) <= D(weak, target) - D(weak, student),
    false_twin=D(student, target) <= D(weak, target) - 2 * D(weak, student),
    allowance=slip,
    tight=bregman.points(weak=[(0, 1)], target=[(1, 0)], student=[(0, 0)]),
)
