r"""On average over weak models, a student that matches their mean gradient gains exactly its misfit.

Setting. At one input many weak models $f_w$ are drawn; the student $v$ has $\nabla\varphi(v) = \mathbb{E}
\nabla\varphi(f_w)$ (squared loss: their mean; KL: their geometric mean), and the target is the same for
all. No convexity. D is the mean over the weak models.

Reference. Derived: the core identity of Xu et al. (2025), arXiv:2505.24313, as the product in
`bregman_identity` has the mean 0.

Numerics. Gradients are on a grid on which their mean is exact; the sides differ by rounding alone.
"""

from w2sjax import Claim
from w2sjax.language import equal
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, student, target, weak

CLAIM = Claim(
    title="Gain is misfit on average over teachers",
    source="Xu et al. (2025), arXiv:2505.24313; core identity derived",
    setting=bregman.SETTING,
    assumptions=(bregman.MATCHED, bregman.ONE_TARGET),
    claim=equal(D(target, weak) - D(target, student), D(student, weak)),
    false_twin=equal(D(target, weak) - D(target, student), 2 * D(student, weak)),
    tight=bregman.points(weak=[(-1,), (1,)], target=[(1,), (1,)], student=[(0,), (0,)]),
)
