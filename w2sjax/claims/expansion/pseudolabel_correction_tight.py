r"""Theorem B.1 of Lang et al.: a student corrects its teacher's labels.

Setting. S are the points of one class that the teacher $\tilde y$ labels, $\alpha \in (0, 1/2)$, $S^{good}$
and $S^{bad}$ those with right and wrong labels, R(f) the points with no neighbour that f labels otherwise.
The robust non-mistakes in $S^{good}$ of a family F that contains f satisfy (c, q)-expansion on $(S^{bad},
S^{good})$, $P(f \ne \tilde y$ or f not robust$|S) \le 1 - q - \alpha$, and $1 - 2c'\alpha > 0$.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem B.1, arXiv:2405.16043. The set U of f has
$P(U|S^{good}) \ge q / (1 - \alpha)$, so it expands (if q = 0 and U is empty there is nothing to show). With b
= $P(f = y|S^{bad})$ and e the left side, $b \ge c P(U|S^{good})$ and $(1 - \alpha) P(U|S^{good}) \ge 1 -
e - \alpha b - \rho$ give $b \ge c'(1 - e - \rho)$, and $e \le P(f \ne \tilde y|S) + \alpha - 2\alpha b$.
"""

from w2sjax import Claim
from w2sjax.language import less, named
from w2sjax.settings import expansion
from w2sjax.settings.expansion import DISAGREES, FRAGILE, WRONG, P, S, alpha, bad, c, good, q, rho

prime = named("c'", "c'", c / (1 - alpha + c * alpha))
d = P(DISAGREES, S)

CLAIM = Claim(
    title="Theorem B.1 of Lang et al.: pseudolabel correction",
    source="Lang, Sontag, Vijayaraghavan (2024), Theorem B.1, arXiv:2405.16043",
    setting=expansion.SETTING,
    assumptions=(expansion.expands(expansion.HITS, good(S), bad(S)), *expansion.SHARED),
    where=(
        *expansion.RARELY_WRONG,
        P(DISAGREES | FRAGILE, S) <= 1 - q - alpha,
        less(c, (1 - alpha) / alpha),  # 1 - 2 c' alpha > 0
    ),
    claim=P(WRONG, S)
    <= (d - alpha * (2 * prime - 1) + 2 * prime * alpha * rho) / (1 - 2 * prime * alpha),
    false_twin=P(WRONG, S)
    <= (d - alpha * (3 * prime - 1) + 3 * prime * alpha * rho) / (1 - 2 * prime * alpha),
    # The teacher is wrong on two of five points of S, f repairs one: α = 2/5, c = 1/2, c' = 5/8, 1/5 = 1/5.
    tight=expansion.world(teacher=(-1, 0, 0, 0, 1, 1), f=(0, 0, 0, 0, 0, 1), edges=((1, 4),)),
)
