r"""A student's error is at least its distance from the best member and the best error together.

Setting. $V$ is a closed convex class, $q$ any member of it, and $f_s$ the projection of the target $f^*$.

What keeps a member of V from the best one is added to what keeps the best one from the target; nothing
cancels. On a subspace it is an equality.

Reference. Derived; Theorem 1 of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116, with the target
in the place of the weak model: $2\langle f^* - f_s, f_{sw} - f_s\rangle \le 0$.

Numerics. The identity of the proof holds for computed projections too: the certificate of
$f_s$ at $q$, with its multiplier, and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points

CLAIM = Claim(
    title="What a student's error is made of",
    source="derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116, for the target",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.MEMBER),
    claim=d(student, best) + d(best, target) <= d(student, target),
    false_twin=2 * d(student, best) + d(best, target) <= d(student, target),
    tight=two_points("subspace", weak=(3, 1), truth=1, student=2, offset=("1/2", "-1/2")),
    allowance=2 * slip(best, student) + 2 * off(student) * sqrt(d(best, target)),
)
