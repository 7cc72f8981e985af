r"""Gain and misfit differ by an inner product, whatever the student.

Setting. $f_w$, $f^*$ and the student $f$ are any functions.

Reference. Derived (expand the squares); the exact form of Charikar, Pabbaraju, Shiragur (2024),
Theorem 1, arXiv:2405.15116.

Numerics. Only rounding: all terms are sums of products of given numbers.
"""

from w2sjax import Claim
from w2sjax.language import equal
from w2sjax.settings.projection import PROJECTION, d, inner, student, target, two_points, weak

gain, misfit = d(weak, target) - d(student, target), d(student, weak)
product = inner(weak - student, student - target)

CLAIM = Claim(
    title="Exact form of Theorem 1",
    source="derived; exact form of Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116",
    setting=PROJECTION,
    claim=equal(gain, misfit + 2 * product),
    false_twin=equal(gain, misfit + product),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, student=1),
)
