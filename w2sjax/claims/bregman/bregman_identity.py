r"""Gain, misfit and a product add up, whatever the student is.

Setting. Any three functions with values in the domain of $\varphi$; no class, no training.

Reference. Derived: the three-point identity, the core of Xu et al. (2025), arXiv:2505.24313. What theorems
add is the sign of the product.

Numerics. The sides differ by rounding alone.
"""

from w2sjax import Claim
from w2sjax.language import equal
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, pull, student, target, weak

CLAIM = Claim(
    title="Bregman gain without convexity",
    source="derived; core of Xu et al. (2025), arXiv:2505.24313",
    setting=bregman.SETTING,
    claim=equal(
        D(target, weak) - D(target, student), D(student, weak) + pull(student, weak, target)
    ),
    false_twin=equal(
        D(target, weak) - D(target, student), D(student, weak) + 2 * pull(student, weak, target)
    ),
    tight=bregman.points(weak=[(1,)], target=[(3,)], student=[(0,)]),
)
