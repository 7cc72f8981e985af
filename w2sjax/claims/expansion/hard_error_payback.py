r"""Theorem 4.1 of Shin et al., derived form with the weak model's error on the hard-only points.

Setting. H, O, R(f), $\varepsilon_1$ and $dis_O$ as in `hard_error`, for any number of labels;
$\varepsilon_2 = P(f_{weak} \ne y | H)$, $dis_H = P(f \ne f_{weak} | H)$, $H_{bad}$ where the weak model is
wrong. The robust non-mistakes $\{x \in O : g(x) = y\} \cap R(g)$ of $g \in F$, f among them, satisfy
(c, q)-expansion on $(H_{bad}, O)$: $P(N(U)|H_{bad}) \ge c P(U|O)$ where $P(U|O) > q$. $a = 1 -
\varepsilon_1 - dis_O - P(R(f)^c|O) > q$.

Statement. $P(f \ne y \mid H) \le dis_H + \varepsilon_2 (1 - 2 c a)$.

Reference. Derived; the published Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881, may have
other constants. Where f is wrong and the weak model right, they disagree, as they do where f is right
and the weak model wrong, a set G: $P(f \ne y | H) \le (dis_H - P(G|H)) + (\varepsilon_2 - P(G|H))$.
U, the robust non-mistakes of f in O, has $P(U|O) \ge a > q$, and f is right on all of N(U) in
$H_{bad}$: $P(G|H) \ge \varepsilon_2 c a$. With two labels the first step is an equality.

Numerics. As in `expansion_core`.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.domain import DOMAIN
from w2sjax.claims.expansion.study import AGREEMENT, SHARED, ExpansionStudy
from w2sjax.claims.expansion.tight import half_paid_back
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, factor: float = 2.0) -> Inequality:
    """Compare the error on H with what the weak model's error there leaves."""
    error = study.probability(study.wrong[0], study.hard)
    disagreement = study.probability(study.disagrees, study.hard)
    return compare(error, bounds.payback(study, factor=factor), cancelled=disagreement.value + 1)


def false_twin(study: ExpansionStudy) -> Inequality:
    """Let the weak model's error be paid back three times."""
    return check(study, factor=3.0)


CLAIM = Claim(
    name="hard_error_payback",
    title="Theorem 4.1 of Shin et al.: the weak error paid back",
    statement=r"P(f \ne y \mid H) \le dis_H + \varepsilon_2 (1 - 2 c a)",
    reference="derived; Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881",
    domain=DOMAIN,
    hypotheses={**SHARED, "agreement": AGREEMENT},
    check=check,
    false_twin=false_twin,
    tight_at=half_paid_back,
    sets=(),
    needs=(),
)
