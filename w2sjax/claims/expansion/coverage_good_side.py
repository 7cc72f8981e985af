r"""Theorem B.3 of Lang et al.: the error where the teacher abstains, from its right labels alone.

Setting. S are the points of one class that the teacher $\tilde y$ labels, T those on which it abstains,
$\alpha = P(\tilde y \ne y|S) < 1$, $S^{good}$ the points with right labels, R(f) the points with no neighbour
that f labels otherwise. The robust mistakes in T of a family F that contains f satisfy (c,
q)-expansion on $(S^{good}, T)$, c > 0.

Statement. $P(f \ne y \mid T) \le P(R(f)^c \mid T) + \max(q, P(f \ne \tilde y \mid S) / (c(1 - \alpha)))$.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem B.3, arXiv:2405.16043. It is `hard_error` with
$O = S$ and $H = T$.

Numerics. As in `expansion_core`.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.coverage import DOMAIN
from w2sjax.claims.expansion.study import SHARED, ExpansionStudy
from w2sjax.claims.expansion.tight import covered
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, conditioned: bool = True) -> Inequality:
    """Compare the error on T with what disagreement on S allows."""
    error = study.probability(study.wrong[0], study.hard)
    return compare(error, bounds.hard(study, conditioned=conditioned))


def false_twin(study: ExpansionStudy) -> Inequality:
    """Forget that only points with right labels count: no division by 1 - alpha."""
    return check(study, conditioned=False)


CLAIM = Claim(
    name="coverage_good_side",
    title="Theorem B.3 of Lang et al.: coverage expansion",
    statement=r"P(f \ne y \mid T) \le P(R(f)^c \mid T) + \max(q, P(f \ne \tilde y \mid S) / (c(1 - \alpha)))",
    reference="Lang, Sontag, Vijayaraghavan (2024), Theorem B.3, arXiv:2405.16043",
    domain=DOMAIN,
    hypotheses=SHARED,
    check=check,
    false_twin=false_twin,
    tight_at=covered,
    sets=(),
    needs=(),
)
