r"""On affine classes the gain equals the misfit.

Setting. $V$ is a subspace of functions, with or without a free constant (unconstrained linear
heads), $f^* \in V$, and the student is the projection of $f_w$ on $V$.

Statement. $d(f_w, f^*) = d(f_w, f_{sw}) + d(f_{sw}, f^*)$.

Reference. Derived: the case of equality of Charikar, Pabbaraju, Shiragur (2024), Theorem 1,
arXiv:2405.15116 (Pythagoras).

Numerics. The defect $2\langle f_w - f, f - f^* \rangle$ of the computed student is at most twice its
certificate's bound at $f^*$, in both signs, because $2f - f^*$ lies in $V$ too.
"""

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, EXACT, REALIZABLE, Study
from w2sjax.claims.projection.tight import orthogonal_weak


def check(study: Study, *, share: float = 1.0) -> Inequality:
    """Compare the weak error with `share` of the misfit plus the student's error."""
    student = study.student
    return compare(
        study.weak_error(),
        study.misfit(student).scaled(share) + study.student_error(student),
        allowance=2 * study.pairing(student, study.member),
        cancelled=study.size(),
        identity=True,
    )


def false_twin(study: Study) -> Inequality:
    """Promise a gain of half the misfit, exactly."""
    return check(study, share=0.5)


CLAIM = Claim(
    name="pythagorean_identity",
    title="Pythagorean misfit identity",
    statement=r"d(f_w, f^*) = d(f_w, f_{sw}) + d(f_{sw}, f^*)",
    reference="derived; equality case of Charikar, Pabbaraju, Shiragur (2024), Theorem 1, "
    "arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={"realizability": REALIZABLE, "exactness": EXACT},
    check=check,
    false_twin=false_twin,
    tight_at=orthogonal_weak,
    sets=("subspace", "affine"),
)
