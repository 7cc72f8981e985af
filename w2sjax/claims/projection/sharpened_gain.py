r"""Sharpened Theorem 2: misfit less the gap and a term in the distance of the target.

Setting. $V$ is closed and convex, $f_s$ the projection of the target $f^*$ on $V$, $\varepsilon =
d(f_s, f^*)$, and $q$ any student with gap $\gamma(q) = \sup_{u \in V} \langle f_w - q, u - q
\rangle$ (in Theorem 2 the projection in the measure of a sample).

Statement. $d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q) + 2\sqrt{\varepsilon\, d(q, f_w)}$.

Reference. Derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116. Write
$f^* = f_s + (f^* - f_s)$ in the exact form of Theorem 1; the gap covers $u = f_s$ and Cauchy-Schwarz
the rest.

Numerics. The gap is the certificate's upper bound at $f_s$. The proof works for any member in the
place of $f_s$, so the computed one needs no correction; the tolerance is rounding alone.
"""

import jax.numpy as jnp

from w2sjax import rounding
from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, Study, off_class
from w2sjax.claims.projection.tight import target_towards_weak


def check(study: Study, *, cross: float = 2.0) -> Inequality:
    """Compare the sampled student's error with the bound."""
    sampled, best = study.sampled, study.best
    weak_error, misfit = study.weak_error(), study.misfit(sampled)
    epsilon = study.student_error(best)
    # The computed best member stands off the class by its rounding.
    off = off_class(study.instance.hypothesis, best.coefficients, best.intercept)
    off *= jnp.sqrt(misfit.upper())
    gap = rounding.exact(study.pairing(sampled, best.values)).scaled(2.0)
    root = (epsilon.sqrt() * misfit.sqrt()).scaled(cross)
    return compare(
        study.student_error(sampled),
        weak_error - misfit + gap + root,
        allowance=2 * off,
        cancelled=study.size() + misfit.value + gap.value,
    )


def false_twin(study: Study) -> Inequality:
    """Leave out the term in the target's distance from the class."""
    return check(study, cross=0.0)


CLAIM = Claim(
    name="sharpened_gain",
    title="Theorem 2, sharpened",
    statement=r"d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q) "
    r"+ 2\sqrt{\varepsilon\, d(q, f_w)}",
    reference="derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    tight_at=target_towards_weak,
    needs=("projection", "best", "sampled"),
)
