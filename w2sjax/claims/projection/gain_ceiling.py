r"""The gain exceeds the misfit by at most twice the geometric mean of misfit and student error.

Setting. $f_w$, $f^*$ and the student $f$ are any functions.

Reference. Derived (the triangle inequality, squared); the upper side of Charikar, Pabbaraju,
Shiragur (2024), Theorem 1, arXiv:2405.15116.

Numerics. Only rounding; a square root keeps relative accuracy, and near zero its error is the root
of its argument's.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings.projection import PROJECTION, d, student, target, two_points, weak

gain, misfit, error = d(weak, target) - d(student, target), d(student, weak), d(student, target)

CLAIM = Claim(
    title="Upper side of Theorem 1",
    source="derived; upper side of Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116",
    setting=PROJECTION,
    claim=gain <= misfit + 2 * sqrt(misfit * error),
    false_twin=gain <= misfit + sqrt(misfit * error),
    tight=two_points("l2_ball", weak=(3, 3), truth=0, other=1, student=1),
)
