r"""Theorem 4.1 of Lang et al., with a hypothesis that it lacks in print and needs: c is moderate.

Setting. S, T, $\alpha \in (0, 1/2)$, $S^{good}$, $S^{bad}$ and R(f) as in `pseudolabel_correction_tight`. The
robust non-mistakes in $S^{good}$ of a family F that contains f satisfy (c, q)-expansion on $(S^{bad},
S^{good})$ for some $q < \frac34(1 - 2\alpha)$, and $P(f \ne \tilde y$ or f not robust$|S) \le (1 - \alpha +
3c\alpha)/4$. Added: $c \le 2(1 - \alpha)$, which every $c \le 1$ satisfies. Without it this is the theorem as
printed, and false: a classifier that is wrong everywhere satisfies the rest where c is large.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem 4.1, arXiv:2405.16043, repaired. Let u be the
share of $S^{good}$ on which f is right and robust. $u \ge \frac34(1 - c\alpha/(1 - \alpha)) \ge
\frac34(1 - 2\alpha) > q$ by the moderate c, so f is right on at least cu of $S^{bad}$. The points lost
are thus at least $(1 - \alpha)(1 - u) + \alpha c u$ of S: $u \ge \frac34$, and the error is at most $P(f
\ne \tilde y|S) + \alpha - 2\alpha c u$.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import less
from w2sjax.settings import expansion
from w2sjax.settings.expansion import DISAGREES, FRAGILE, WRONG, P, S, alpha, bad, c, good, q, rho

bound = 2 * alpha / (1 - 2 * alpha) * rho + P(DISAGREES, S)

CLAIM = Claim(
    title="Theorem 4.1 of Lang et al. for moderate c (as printed, any c, it is false)",
    source="Lang, Sontag, Vijayaraghavan (2024), Theorem 4.1, arXiv:2405.16043, with c at most "
    "2(1 - alpha) added",
    setting=expansion.SETTING,
    assumptions=(
        expansion.expands(expansion.HITS, good(S), bad(S)),
        *expansion.SHARED,
        expansion.moderate(c <= 2 * (1 - alpha)),
    ),
    where=(
        *expansion.RARELY_WRONG,
        less(q, Fraction(3, 4) * (1 - 2 * alpha)),
        P(DISAGREES | FRAGILE, S) <= (1 - alpha + 3 * c * alpha) / 4,
    ),
    claim=P(WRONG, S) <= bound + alpha * (1 - Fraction(3, 2) * c),
    false_twin=P(WRONG, S) <= bound + alpha * (1 - 2 * c),
    # f is right on 3/4 of the right labels and repairs half of the wrong: α = 1/3, c = 2/3, 1/3 = 1/3.
    tight=expansion.world(
        teacher=(-1, 0, 0, 1, 1), masses=(1, 3, 1, 1, 1), f=(0, 0, 1, 0, 1), edges=((1, 3),)
    ),
)
