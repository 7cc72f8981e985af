r"""A student that is only nearly the projection gains its misfit less twice its gap.

Setting. $V$ is closed and convex, $f^* \in V$, and the student $q$ is any member with gap
$\gamma(q) = \sup_{u \in V} \langle f_w - q, u - q \rangle$, however it was trained.

Reference. Derived, from the exact form of Charikar, Pabbaraju, Shiragur (2024), Theorem 1,
arXiv:2405.15116, at $u = f^*$; the gap is that of Frank and Wolfe (Jaggi, 2013). Neither convexity nor
that $q$ is a member is needed for that, only for the gap to be finite and 0 at the projection.

Numerics. The gap is the certificate's upper bound, taken at the distance of $f^*$ where $V$ is
unbounded; it is part of the statement, so the tolerance is rounding alone.
"""

from w2sjax import Claim
from w2sjax.settings import projection
from w2sjax.settings.projection import d, gap, student, target, two_points, weak

CLAIM = Claim(
    title="Theorem 1 for an inexact student",
    source="derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116, "
    "with the gap of Jaggi (2013)",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.REALIZABLE, projection.MEMBER),
    claim=d(student, target) <= d(weak, target) - d(student, weak) + 2 * gap(student),
    false_twin=d(student, target) <= d(weak, target) - d(student, weak) + gap(student),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, other=-1),
)
