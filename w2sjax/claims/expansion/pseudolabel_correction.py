r"""Theorem 4.1 of Lang et al., with a hypothesis that it lacks in print and needs: c is moderate.

Setting. S, T, $\alpha \in (0, 1/2)$, $S^{good}$, $S^{bad}$ and R(f) as in
`pseudolabel_correction_tight`, $\rho = P(R(f)^c|S)$. The robust non-mistakes in $S^{good}$ of a family F
that contains f satisfy (c, q)-expansion on $(S^{bad}, S^{good})$ for some $q < \frac34(1 - 2\alpha)$,
and $P(f \ne \tilde y$ or f not robust$|S) \le (1 - \alpha + 3c\alpha)/4$. Added: $c \le 2(1 - \alpha)$,
which every $c \le 1$ satisfies. Without the hypothesis "moderate constant" this is the theorem as
printed, and false: a classifier that is wrong everywhere satisfies the rest where c is large.

Statement. $P(f \ne y \mid S) \le \frac{2\alpha}{1 - 2\alpha} \rho + P(f \ne \tilde y \mid S) + \alpha(1
- \frac32 c)$.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem 4.1, arXiv:2405.16043, repaired. Let u be the
share of $S^{good}$ on which f is right and robust. $u \ge \frac34(1 - c\alpha/(1 - \alpha)) \ge
\frac34(1 - 2\alpha) > q$ by the moderate c, so f is right on at least cu of $S^{bad}$. The points lost
are thus at least $(1 - \alpha)(1 - u) + \alpha c u$ of S: $u \ge \frac34$, and the error is at most $P(f
\ne \tilde y|S) + \alpha - 2\alpha c u$.

Numerics. c is the largest moderate constant, q one of the family's shares: see `printed_bounds`. Where f
and the teacher agree too rarely the statement says nothing, and the right side is 2; strata count such
worlds.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import printed_bounds
from w2sjax.claims.expansion.printed import DOMAIN
from w2sjax.claims.expansion.study import SHARED, SMALL_CORRECTION, ExpansionStudy
from w2sjax.claims.expansion.tight import three_quarters_right
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, factor: float = 1.5) -> Inequality:
    """Compare the error on S with what disagreement there leaves."""
    error = study.probability(study.wrong[0], study.overlap)
    bound = printed_bounds.correction(study, factor=factor).right_side()
    return compare(error, bound, cancelled=2.0)


def false_twin(study: ExpansionStudy) -> Inequality:
    """Let twice c alpha be corrected, where it is three halves."""
    return check(study, factor=2.0)


CLAIM = Claim(
    name="pseudolabel_correction",
    title="Theorem 4.1 of Lang et al. for moderate c (as printed, any c, it is false)",
    statement=r"P(f \ne y \mid S) \le \frac{2\alpha}{1 - 2\alpha} \rho + P(f \ne \tilde y \mid S) "
    r"+ \alpha(1 - \frac32 c)",
    reference="Lang, Sontag, Vijayaraghavan (2024), Theorem 4.1, arXiv:2405.16043, with c at most "
    "2(1 - alpha) added",
    domain=DOMAIN,
    hypotheses={**SHARED, "moderate constant": SMALL_CORRECTION},
    check=check,
    false_twin=false_twin,
    tight_at=three_quarters_right,
    sets=(),
    needs=(),
)
