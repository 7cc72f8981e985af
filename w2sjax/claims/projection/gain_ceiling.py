r"""The gain exceeds the misfit by at most twice the geometric mean of misfit and student error.

Setting. $f_w$, $f^*$ and the student $f$ are any functions.

Statement. $d(f_w, f^*) - d(f, f^*) \le d(f, f_w) + 2\sqrt{d(f, f_w)\, d(f, f^*)}$.

Reference. Derived (the triangle inequality, squared); the upper side of Charikar, Pabbaraju,
Shiragur (2024), Theorem 1, arXiv:2405.15116.

Numerics. Only rounding; a square root keeps relative accuracy, and near zero its error is the root
of its argument's.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, Study
from w2sjax.claims.projection.tight import overshooting_weak


def check(study: Study, *, factor: float = 2.0) -> Inequality:
    """Compare the weak error with the sum of the three terms."""
    student = study.student
    misfit, error = study.misfit(student), study.distance(student.values, study.target)
    cross = (misfit.sqrt() * error.sqrt()).scaled(factor)
    return compare(
        study.distance(study.instance.weak, study.target),
        misfit + error + cross,
        cancelled=study.size(),
    )


def false_twin(study: Study) -> Inequality:
    """Count the geometric mean once instead of twice."""
    return check(study, factor=1.0)


CLAIM = Claim(
    name="gain_ceiling",
    title="Upper side of Theorem 1",
    statement=r"d(f_w, f^*) - d(f, f^*) \le d(f, f_w) + 2\sqrt{d(f, f_w)\, d(f, f^*)}",
    reference="derived; upper side of Charikar, Pabbaraju, Shiragur (2024), Theorem 1, "
    "arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    tight_at=overshooting_weak,
)
