r"""Theorem 4.1 of Shin et al., derived form: overlap points bound the error on hard-only points.

Setting. H are the hard-only and O the overlap points of one class, $O_{good}$ those of O on which the
weak model is right, $\varepsilon_1 = P(f_{weak} \ne y | O) < 1$, $dis_O = P(f \ne f_{weak} | O)$; R(f) are
the points with no neighbour that f labels otherwise; the robust mistakes in H of a family F that
contains f satisfy (c, q)-expansion on $(O_{good}, H)$: $P(N(U)|O_{good}) \ge c P(U|H)$ for every U of
them with $P(U|H) > q$.

Statement. $P(f \ne y \mid H) \le \max(q, dis_O / ((1 - \varepsilon_1) c)) + P(R(f)^c \mid H)$.

Reference. Derived; the published Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881, may have
other constants. The core lemma (`expansion_core`) with $A = O_{good}$, where f is wrong exactly
where it disagrees with the weak model, so $m_A \le dis_O / (1 - \varepsilon_1)$.

Numerics. As in `expansion_core`.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.domain import DOMAIN
from w2sjax.claims.expansion.study import SHARED, ExpansionStudy
from w2sjax.claims.expansion.tight import half_wrong_third_taught_wrong
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, conditioned: bool = True) -> Inequality:
    """Compare the error on H with what disagreement on O allows."""
    error = study.probability(study.wrong[0], study.hard)
    return compare(error, bounds.hard(study, conditioned=conditioned))


def false_twin(study: ExpansionStudy) -> Inequality:
    """Forget that only points where the weak model is right count: no division by 1 - eps_1."""
    return check(study, conditioned=False)


CLAIM = Claim(
    name="hard_error",
    title="Theorem 4.1 of Shin et al.: hard-only error",
    statement=r"P(f \ne y \mid H) \le \max(q, dis_O / ((1 - \varepsilon_1) c)) + P(R(f)^c \mid H)",
    reference="derived; Theorem 4.1 of Shin, Cooper, Sala (2025), arXiv:2412.03881",
    domain=DOMAIN,
    hypotheses=SHARED,
    check=check,
    false_twin=false_twin,
    tight_at=half_wrong_third_taught_wrong,
    sets=(),
    needs=(),
)
