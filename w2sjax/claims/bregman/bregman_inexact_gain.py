r"""A student that is only nearly the Bregman projection gains its misfit less its gap.

Setting. $V$ is closed and convex, $f^* \in V$, and the student $v$ is any member with gap $\gamma(v) =
\sup_{u \in V} \langle \nabla\varphi(f_w) - \nabla\varphi(v), u - v \rangle$, however it was trained.

Reference. Derived, from the exact form of Mulgund, Pabbaraju (2025), arXiv:2501.19105: the three-point
identity at $u = f^*$.

Numerics. The gap is part of the statement, so the tolerance is rounding alone.
"""

from w2sjax import Claim
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, gap, student, target, weak

CLAIM = Claim(
    title="Bregman gain of an inexact student",
    source="derived; Mulgund, Pabbaraju (2025), arXiv:2501.19105",
    setting=bregman.SETTING,
    assumptions=(bregman.CONVEX, bregman.REALIZABLE, bregman.MEMBER),
    claim=D(target, student) <= D(target, weak) - D(student, weak) + gap(student),
    false_twin=D(target, student) <= D(target, weak) - D(student, weak) + gap(student) / 2,
    tight=bregman.points(weak=[(1,)], target=[(2,)], student=[(0,)]),
)
