r"""The best mixture of k predictors is nearly as good as the best of the whole hull.

Setting. Any class of maps to the simplex of c classes; $v_\infty$ is the reverse-KL projection of $f_w$
on its closed convex hull, $v_k$ the best convex combination of k members.

Reference. Derived: the constant of Mulgund, Pabbaraju (2025), arXiv:2501.19105, where what follows from it
is $O(\sqrt{c/k})$. Draw k members from the mixture that $v_\infty$ is and average them: the
product in the three-point identity has the mean 0, and KL ≤ χ² gives $(c - 1)/k$.

Numerics. Both mixtures are computed, and their certificates are the tolerance.
"""

from w2sjax import Claim
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, c, combination, hull, k, slip, weak

delta = D(combination, weak) - D(hull, weak)

CLAIM = Claim(
    title="Error of k-combinations",
    source="Mulgund, Pabbaraju (2025), arXiv:2501.19105; constant derived",
    setting=bregman.SETTING,
    assumptions=(bregman.RELATIVE_ENTROPY,),
    claim=(0 <= delta, delta <= (c - 1) / k),
    # A 64th of the predictors would do.
    false_twin=(0 <= delta, delta <= (c - 1) / (64 * k)),
    allowance=slip,
)
