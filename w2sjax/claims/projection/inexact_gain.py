r"""A student that is only nearly the projection gains its misfit less twice its gap.

Setting. $V$ is convex, $f^* \in V$, and the student $q$ is any function with gap
$\gamma(q) = \sup_{u \in V} \langle f_w - q, u - q \rangle$, however it was trained.

Statement. $d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q)$.

Reference. Derived, from the exact form of Charikar, Pabbaraju, Shiragur (2024), Theorem 1,
arXiv:2405.15116; the gap is that of Frank and Wolfe (Jaggi, 2013).

Numerics. The gap is the certificate's upper bound, taken at the distance of $f^*$ where $V$ is
unbounded; it is part of the statement, so the tolerance is rounding alone.
"""

from w2sjax import rounding
from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, INEXACT, REALIZABLE, Study
from w2sjax.claims.projection.tight import vertex_student


def check(study: Study, *, factor: float = 2.0) -> Inequality:
    """Compare the student's error with the weak error less the misfit plus `factor` gaps."""
    student = study.student
    weak_error, misfit = study.weak_error(), study.misfit(student)
    gap = rounding.exact(study.pairing(student, study.member))
    return compare(
        study.student_error(student),
        weak_error - misfit + gap.scaled(factor),
        cancelled=study.size() + misfit.value + gap.value,
    )


def false_twin(study: Study) -> Inequality:
    """Charge the gap once instead of twice."""
    return check(study, factor=1.0)


CLAIM = Claim(
    name="inexact_gain",
    title="Theorem 1 for an inexact student",
    statement=r"d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q)",
    reference="derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116, "
    "with the gap of Jaggi (2013)",
    domain=DOMAIN,
    hypotheses={"realizability": REALIZABLE, "any student": INEXACT},
    check=check,
    false_twin=false_twin,
    tight_at=vertex_student,
)
