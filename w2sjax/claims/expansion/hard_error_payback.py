r"""Theorem 4.1 of Shin et al., derived form with the weak model's error on the hard-only points.

Setting. H, O and R(f) as in `hard_error`, for any number of labels; $H_{bad}$ is where the weak model is
wrong. The robust non-mistakes $\{x \in O : g(x) = y\} \cap R(g)$ of $g \in F$, f among them, satisfy
(c, q)-expansion on $(H_{bad}, O)$, and $a > q$.

Reference. Derived; the published Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881, may have
other constants. Where f is wrong and the weak model right, they disagree, as they do where f is right
and the weak model wrong, a set G: $P(f \ne y | H) \le (dis_H - P(G|H)) + (\varepsilon_2 - P(G|H))$.
U, the robust non-mistakes of f in O, has $P(U|O) \ge a > q$, and f is right on all of N(U) in
$H_{bad}$: $P(G|H) \ge \varepsilon_2 c a$. With two labels the first step is an equality.

Numerics. As in `expansion_core`.
"""

from w2sjax import Claim
from w2sjax.language import less, named
from w2sjax.language.claims import Assumption
from w2sjax.settings import expansion
from w2sjax.settings.expansion import DISAGREES, FRAGILE, WRONG, H, O, P, c, dis_O, epsilon_1, q

dis_H = named("dis_H", "dis_H", P(DISAGREES, H))
epsilon_2 = named(r"\varepsilon_2", "ε₂", P(expansion.MISTAUGHT, H))
a = named("a", "a", 1 - epsilon_1 - dis_O - P(FRAGILE, O))
PAID_BACK = expansion.expands(expansion.HITS, O, expansion.bad(H))
AGREEMENT = Assumption("agreement", "f and the teacher agree so often that a > q", less(q, a))

CLAIM = Claim(
    title="Theorem 4.1 of Shin et al.: the weak error paid back",
    source="derived; Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881",
    setting=expansion.SETTING,
    assumptions=(PAID_BACK, *expansion.SHARED, AGREEMENT),
    claim=P(WRONG, H) <= dis_H + epsilon_2 * (1 - 2 * c * a),
    false_twin=P(WRONG, H) <= dis_H + epsilon_2 * (1 - 3 * c * a),
    # The teacher is wrong on two of three hard points, of which f repairs one, next to the one of two overlap
    # points on which both are right: dis_H = 1/3, ε₂ = 2/3, a = 1/2, c = 1, and 1/3 = 1/3.
    tight=expansion.world(
        hard=(1, 1, 1, 0, 0), teacher=(1, 1, 0, 0, 1), f=(0, 1, 0, 0, 1), edges=((0, 3),)
    ),
)
