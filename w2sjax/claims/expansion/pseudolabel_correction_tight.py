r"""Theorem B.1 of Lang et al.: a student corrects its teacher's labels.

Setting. S are the points of one class that the teacher $\tilde y$ labels, $\alpha = P(\tilde y \ne y|S)
\in (0, 1/2)$, $S^{good}$ and $S^{bad}$ those with right and wrong labels, R(f) the points with no
neighbour that f labels otherwise, $\rho = P(R(f)^c|S)$. The robust non-mistakes in $S^{good}$ of a family
F that contains f satisfy (c, q)-expansion on $(S^{bad}, S^{good})$, $P(f \ne \tilde y$ or f not robust$|S)
\le 1 - q - \alpha$, $c' = c / (1 - \alpha + c\alpha)$ and $1 - 2c'\alpha > 0$.

Statement. $P(f \ne y \mid S) \le [P(f \ne \tilde y \mid S) - \alpha(2c' - 1) + 2c'\alpha\rho]
/ (1 - 2c'\alpha)$.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorem B.1, arXiv:2405.16043. The set U of f has
$P(U|S^{good}) \ge q / (1 - \alpha)$, so it expands (if q = 0 and U is empty there is nothing to show). With b
= $P(f = y|S^{bad})$ and e the left side, $b \ge c P(U|S^{good})$ and $(1 - \alpha) P(U|S^{good}) \ge 1 -
e - \alpha b - \rho$ give $b \ge c'(1 - e - \rho)$, and $e \le P(f \ne \tilde y|S) + \alpha - 2\alpha b$.

Numerics. Where the computed c makes $1 - 2c'\alpha$ vanish, c = 1 is taken, which is smaller.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.coverage import DOMAIN
from w2sjax.claims.expansion.study import SHARED, ExpansionStudy
from w2sjax.claims.expansion.tight import corrected
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, factor: float = 2.0) -> Inequality:
    """Compare the error on S with what disagreement there leaves."""
    error = study.probability(study.wrong[0], study.overlap)
    bound = bounds.correction(study, factor=factor)
    return compare(error, bound, cancelled=2.0)


def false_twin(study: ExpansionStudy) -> Inequality:
    """Let three times c' be corrected in the numerator, where it is twice."""
    return check(study, factor=3.0)


CLAIM = Claim(
    name="pseudolabel_correction_tight",
    title="Theorem B.1 of Lang et al.: pseudolabel correction",
    statement=r"P(f \ne y \mid S) \le [P(f \ne \tilde y \mid S) - \alpha(2c' - 1) + 2c'\alpha\rho] "
    r"/ (1 - 2c'\alpha)",
    reference="Lang, Sontag, Vijayaraghavan (2024), Theorem B.1, arXiv:2405.16043",
    domain=DOMAIN,
    hypotheses=SHARED,
    check=check,
    false_twin=false_twin,
    tight_at=corrected,
    sets=(),
    needs=(),
)
