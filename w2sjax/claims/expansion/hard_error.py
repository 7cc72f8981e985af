r"""Theorem 4.1 of Shin et al., derived form: overlap points bound the error on hard-only points.

Setting. H are the hard-only and O the overlap points of one class, $O_{good}$ those of O on which the
weak model is right, $\varepsilon_1 < 1$; R(f) are the points with no neighbour that f labels otherwise; the
robust mistakes in H of a family F that contains f satisfy (c, q)-expansion on $(O_{good}, H)$.

Reference. Derived; the published Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881, may have
other constants. The core lemma (`expansion_core`) with $A = O_{good}$, where f is wrong exactly
where it disagrees with the weak model, so $m_A \le dis_O / (1 - \varepsilon_1)$.

Numerics. As in `expansion_core`.
"""

from w2sjax import Claim
from w2sjax.language import less, maximum
from w2sjax.settings import expansion
from w2sjax.settings.expansion import FRAGILE, WRONG, H, O, P, c, dis_O, epsilon_1, good, q, world

CLAIM = Claim(
    title="Theorem 4.1 of Shin et al.: hard-only error",
    source="derived; Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881",
    setting=expansion.SETTING,
    assumptions=(expansion.expands(expansion.MISTAKES, H, good(O)), *expansion.SHARED),
    where=(less(epsilon_1, 1),),
    claim=P(WRONG, H) <= maximum(q, dis_O / ((1 - epsilon_1) * c)) + P(FRAGILE, H),
    false_twin=P(WRONG, H) <= maximum(q, dis_O / c) + P(FRAGILE, H),
    # As in `expansion_core`, and an overlap point on which the teacher is wrong and f copies it: 1/2 = 1/2.
    tight=world(
        hard=(1, 1, 0, 0, 0), teacher=(0, 0, 0, 0, 1), f=(1, 0, 1, 0, 1), edges=((0, 2), (1, 3))
    ),
)
