r"""The gain of a weak-to-strong student is at least its misfit.

Setting. $V$ is a closed convex class of functions, the target $f^*$ lies in $V$, and the student
$f_{sw}$ is the projection of the weak model $f_w$ on $V$; $f_w$ is arbitrary.

Statement. $d(f_{sw}, f^*) \le d(f_w, f^*) - d(f_{sw}, f_w)$.

Reference. Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116.

Numerics. For any $f$ the slack is $2\langle f_w - f, f - f^* \rangle$, which for the computed student
is at least minus twice the bound on $\langle f_w - f, u - f \rangle$ that its certificate gives at
$u = f^*$: that and rounding are the tolerance.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import CONVEX, DOMAIN, EXACT, REALIZABLE, Study
from w2sjax.claims.projection.tight import beyond_the_boundary


def check(study: Study, *, share: float = 1.0) -> Inequality:
    """Compare the student's error with the weak error less `share` of the misfit."""
    student = study.student
    weak_error, misfit = study.weak_error(), study.misfit(student)
    return compare(
        study.student_error(student),
        weak_error - misfit.scaled(share),
        allowance=2 * study.pairing(student, study.member),
        cancelled=study.size() + misfit.value,
    )


def false_twin(study: Study) -> Inequality:
    """Promise a gain of twice the misfit."""
    return check(study, share=2.0)


CLAIM = Claim(
    name="misfit_gain",
    title="Theorem 1: gain is at least misfit",
    statement=r"d(f_{sw}, f^*) \le d(f_w, f^*) - d(f_{sw}, f_w)",
    reference="Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={"convexity": CONVEX, "realizability": REALIZABLE, "exactness": EXACT},
    check=check,
    false_twin=false_twin,
    tight_at=beyond_the_boundary,
)
