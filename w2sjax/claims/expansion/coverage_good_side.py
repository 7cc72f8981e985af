r"""Theorem B.3 of Lang et al.: the error where the teacher abstains, from its right labels alone.

Setting. S are the points of one class that the teacher $\tilde y$ labels, T those on which it abstains,
$\alpha < 1$, $S^{good}$ the points with right labels, R(f) the points with no neighbour that f labels
otherwise. The robust mistakes in T of a family F that contains f satisfy (c, q)-expansion on
$(S^{good}, T)$, c > 0.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem B.3, arXiv:2405.16043. It is `hard_error` with
$O = S$ and $H = T$.

Numerics. As in `expansion_core`.
"""

from w2sjax import Claim
from w2sjax.language import less, maximum
from w2sjax.settings import expansion
from w2sjax.settings.expansion import DISAGREES, FRAGILE, WRONG, P, S, T, alpha, c, good, q

CLAIM = Claim(
    title="Theorem B.3 of Lang et al.: coverage expansion",
    source="Lang, Sontag, Vijayaraghavan (2024), Theorem B.3, arXiv:2405.16043",
    setting=expansion.SETTING,
    assumptions=(expansion.expands(expansion.MISTAKES, T, good(S)), *expansion.SHARED),
    where=(less(alpha, 1),),
    claim=P(WRONG, T) <= P(FRAGILE, T) + maximum(q, P(DISAGREES, S) / (c * (1 - alpha))),
    false_twin=P(WRONG, T) <= P(FRAGILE, T) + maximum(q, P(DISAGREES, S) / c),
    # The tight world of `hard_error`, where the teacher abstains on the hard points: 1/2 = 1/2.
    tight=expansion.world(teacher=(-1, -1, 0, 0, 1), f=(1, 0, 1, 0, 1), edges=((0, 2), (1, 3))),
)
