r"""Theorem 4.2 of Lang et al., with a hypothesis that it lacks in print and needs: c is moderate.

Setting. S, T, $\alpha \in (0, 1/2)$, $S^{good}$, $S^{bad}$ and R(f) as in `coverage_good_side`. In T,
the robust mistakes of a family F that contains f satisfy (c, q)-expansion on $(S^{good}, T)$, its robust
non-mistakes on $(S^{bad}, T)$, and $P(f \ne \tilde y|S) + P(R(f)^c|T) < c(1 - q - \alpha)$. Added: $c(1
- \alpha) \le 1$. Without it this is the theorem as printed, and false, as worlds of five points show.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem 4.2, arXiv:2405.16043, repaired. Let u and v be
the shares of robust mistakes and non-mistakes of f in T, $u + v + P(R(f)^c|T) = 1$. If $u \le q$ there
is nothing to show. Else f is wrong on cu of $S^{good}$. If $v > q$ it is right on cv of $S^{bad}$, and
both are disagreement: $P(f \ne \tilde y|S) \ge (1 - \alpha)cu + \alpha c v$, solved for u. If $v \le q$,
it is at least $(1 - \alpha)c(1 - q - P(R(f)^c|T))$, which for moderate c contradicts the last condition.
"""

from w2sjax import Claim
from w2sjax.language import less, maximum
from w2sjax.settings import expansion
from w2sjax.settings.expansion import DISAGREES, FRAGILE, WRONG, P, S, T, alpha, bad, c, good, q

d, fragile = P(DISAGREES, S), P(FRAGILE, T)
spread = maximum(q, (d - c * alpha) / (c * (1 - 2 * alpha)))

CLAIM = Claim(
    title="Theorem 4.2 of Lang et al. for moderate c (as printed, any c, it is false)",
    source="Lang, Sontag, Vijayaraghavan (2024), Theorem 4.2, arXiv:2405.16043, with c(1 - alpha) at "
    "most 1 added",
    setting=expansion.SETTING,
    assumptions=(
        expansion.expands(expansion.MISTAKES, T, good(S)),
        expansion.expands(expansion.HITS, T, bad(S)),
        *expansion.SHARED,
        expansion.moderate(c <= 1 / (1 - alpha)),
    ),
    where=(*expansion.RARELY_WRONG, less(d + fragile, c * (1 - q - alpha))),
    claim=P(WRONG, T) <= (1 + alpha / (1 - 2 * alpha)) * fragile + spread,
    false_twin=P(WRONG, T) <= spread,
    # Mistakes in T reach half of the right labels, the rest half of the wrong: α = 1/3, c = 1, 1/2 = 1/2.
    tight=expansion.world(
        teacher=(-1, -1, 0, 0, 1, 1),
        masses=(1, 1, 2, 2, 1, 1),
        f=(1, 0, 1, 0, 0, 1),
        edges=((0, 2), (1, 4)),
    ),
)
