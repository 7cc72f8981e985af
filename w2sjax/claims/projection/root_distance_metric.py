r"""The root of the squared distance is a metric.

Setting. Any three functions: the weak model, the target, and one that stands between two members, and in
one instance of seven or so between the other two.

Reference. Charikar, Pabbaraju, Shiragur (2024), Claim 5, arXiv:2405.15116.

Numerics. Only rounding.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings.projection import PROJECTION, between, d, target, two_points, weak

CLAIM = Claim(
    title="Claim 5: the root of d is a metric",
    source="Charikar, Pabbaraju, Shiragur (2024), Claim 5, arXiv:2405.15116",
    setting=PROJECTION,
    claim=sqrt(d(weak, target)) <= sqrt(d(weak, between)) + sqrt(d(between, target)),
    false_twin=d(weak, target) <= d(weak, between) + d(between, target),
    tight=two_points("l2_ball", weak=(3, 3), truth=0, other=1),
)
