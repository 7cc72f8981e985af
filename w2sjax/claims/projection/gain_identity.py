r"""Gain and misfit differ by an inner product, whatever the student.

Setting. $f_w$, $f^*$ and the student $f$ are any functions.

Statement. $d(f_w, f^*) - d(f, f^*) = d(f, f_w) + 2\langle f_w - f, f - f^* \rangle$.

Reference. Derived (expand the squares); the exact form of Charikar, Pabbaraju, Shiragur (2024),
Theorem 1, arXiv:2405.15116.

Numerics. Only rounding: all terms are sums of products of given numbers.
"""

from w2sjax import rounding
from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, Study
from w2sjax.claims.projection.tight import beyond_the_boundary


def check(study: Study, *, factor: float = 2.0) -> Inequality:
    """Compare the gain with the misfit plus `factor` times the inner product."""
    student, weak, target = study.student.values, study.instance.weak, study.target
    weak_error = study.distance(weak, target)
    student_error = study.distance(student, target)
    misfit = study.misfit(study.student)
    left, right = weak - student, student - target
    product = rounding.weighted_dot(study.weights, left, right)
    # Both differences are rounded once before they are multiplied.
    size = weak_error.value + student_error.value + misfit.value
    product = product.perturbed(4 * rounding.unit(size.dtype) * size)
    return compare(
        weak_error - student_error,
        misfit + product.scaled(factor),
        cancelled=2 * size + study.size(),
        identity=True,
    )


def false_twin(study: Study) -> Inequality:
    """Count the inner product once instead of twice."""
    return check(study, factor=1.0)


CLAIM = Claim(
    name="gain_identity",
    title="Exact form of Theorem 1",
    statement=r"d(f_w, f^*) - d(f, f^*) = d(f, f_w) + 2\langle f_w - f, f - f^* \rangle",
    reference="derived; exact form of Charikar, Pabbaraju, Shiragur (2024), Theorem 1, "
    "arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    tight_at=beyond_the_boundary,
)
