r"""Theorem 4.2 of Lang et al., with a hypothesis that it lacks in print and needs: c is moderate.

Setting. S, T, $\alpha \in (0, 1/2)$, $S^{good}$, $S^{bad}$ and R(f) as in `coverage_good_side`. In T,
the robust mistakes of a family F that contains f satisfy (c, q)-expansion on $(S^{good}, T)$, its robust
non-mistakes on $(S^{bad}, T)$, and $P(f \ne \tilde y|S) + P(R(f)^c|T) < c(1 - q - \alpha)$. Added: $c(1
- \alpha) \le 1$. Without the hypothesis "moderate constant" this is the theorem as printed, and false,
as worlds of five points show.

Statement. $P(f \ne y \mid T) \le (1 + \frac{\alpha}{1 - 2\alpha}) P(R(f)^c \mid T) + \max(q, \frac{P(f
\ne \tilde y \mid S) - c\alpha}{c(1 - 2\alpha)})$.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem 4.2, arXiv:2405.16043, repaired. Let u and v be
the shares of robust mistakes and non-mistakes of f in T, $u + v + P(R(f)^c|T) = 1$. If $u \le q$ there
is nothing to show. Else f is wrong on cu of $S^{good}$. If $v > q$ it is right on cv of $S^{bad}$, and
both are disagreement: $P(f \ne \tilde y|S) \ge (1 - \alpha)cu + \alpha c v$, solved for u. If $v \le q$,
it is at least $(1 - \alpha)c(1 - q - P(R(f)^c|T))$, which for moderate c contradicts the last
hypothesis.

Numerics. c is the largest moderate constant, q one of the family's shares: see `printed_bounds`. Where f
and the teacher agree too rarely the statement says nothing, and the right side is 2; strata count such
worlds.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import printed_bounds
from w2sjax.claims.expansion.printed import DOMAIN
from w2sjax.claims.expansion.study import SHARED, SMALL_COVERAGE, ExpansionStudy
from w2sjax.claims.expansion.tight import half_covered
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, robustness: bool = True) -> Inequality:
    """Compare the error on T with what disagreement on S leaves."""
    error = study.probability(study.wrong[0], study.hard)
    bound = printed_bounds.coverage(study, robustness=robustness).right_side()
    return compare(error, bound, cancelled=2.0)


def false_twin(study: ExpansionStudy) -> Inequality:
    """Take f for robust: the bound without the points where it is not."""
    return check(study, robustness=False)


CLAIM = Claim(
    name="coverage_expansion",
    title="Theorem 4.2 of Lang et al. for moderate c (as printed, any c, it is false)",
    statement=r"P(f \ne y \mid T) \le (1 + \frac{\alpha}{1 - 2\alpha}) P(R(f)^c \mid T) "
    r"+ \max(q, \frac{P(f \ne \tilde y \mid S) - c\alpha}{c(1 - 2\alpha)})",
    reference="Lang, Sontag, Vijayaraghavan (2024), Theorem 4.2, arXiv:2405.16043, with c(1 - alpha) at "
    "most 1 added",
    domain=DOMAIN,
    hypotheses={**SHARED, "moderate constant": SMALL_COVERAGE},
    check=check,
    false_twin=false_twin,
    tight_at=half_covered,
    sets=(),
    needs=(),
)
