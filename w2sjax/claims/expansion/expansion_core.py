r"""Mistakes spread: where f is robustly wrong, the neighbours inherit the mistake.

Setting. A and B are sets of points of one true label (here O and H), $m_A = P(f \ne y | A)$; R(f) are the
points with no neighbour that f labels otherwise; $M(B, F) = \{\{x \in B : g(x) \ne y\} \cap R(g) : g
\in F\}$ with $f \in F$ satisfies (c, q)-expansion on (A, B): $P(N(U)|A) \ge c P(U|B)$ for every U in it
with $P(U|B) > q$.

Statement. $P(f \ne y \mid B) \le \max(q, m_A / c) + P(R(f)^c \mid B)$.

Reference. Derived; the step under Theorems 4.1 and 4.2 of Lang, Sontag, Vijayaraghavan (2024),
arXiv:2405.16043. Let U be the robust mistakes of f in B. All of N(U) in A is labelled as U is,
wrongly, so $m_A \ge P(N(U)|A) \ge c P(U|B)$ unless $P(U|B) \le q$. Symmetry of N is not used.

Numerics. c is the least ratio over the family, so the weak inequality holds with it. All masses are
integers: a side is a few quotients of exact numbers.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.domain import DOMAIN
from w2sjax.claims.expansion.study import SHARED, ExpansionStudy
from w2sjax.claims.expansion.tight import half_wrong
from w2sjax.claims.inequality import Inequality, compare


def check(study: ExpansionStudy, *, robustness: bool = True) -> Inequality:
    """Compare the error on H with what the mistakes on O allow."""
    error = study.probability(study.wrong[0], study.hard)
    return compare(error, bounds.core(study, robustness=robustness))


def false_twin(study: ExpansionStudy) -> Inequality:
    """Take f for robust: the bound without the points where it is not."""
    return check(study, robustness=False)


CLAIM = Claim(
    name="expansion_core",
    title="Core lemma of expansion",
    statement=r"P(f \ne y \mid B) \le \max(q, m_A / c) + P(R(f)^c \mid B)",
    reference="derived; the step under Theorems 4.1 and 4.2 of Lang, Sontag, Vijayaraghavan (2024), "
    "arXiv:2405.16043",
    domain=DOMAIN,
    hypotheses=SHARED,
    check=check,
    false_twin=false_twin,
    tight_at=half_wrong,
    sets=(),
    needs=(),
)
