r"""Sharpened Theorem 2 with probability: the statistical term falls like the root of 1/n.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w| \le B$, and n
independent points, on which $f_w$ does not depend; $\hat f$ is the projection of $f_w$ in the measure
of the sample, $f_s$ that of $f^*$ in the population, $\varepsilon = d(f_s, f^*)$.

Statement. With probability at least $1 - \delta$, $d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) +
2\Gamma + 2\sqrt{\varepsilon\, d(\hat f, f_w)}$.

Reference. Derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, whose
statistical term falls like $n^{-1/4}$.

Numerics. Any member may stand for $f_s$; twice the gap that the computed student has left in the sample's
measure is allowed for.
"""

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import off_class
from w2sjax.claims.sampling.dropped import HYPOTHESES
from w2sjax.claims.sampling.study import DOMAIN, FAILURE, SamplingStudy


def check(study: SamplingStudy, *, statistical: float = 2.0) -> Inequality:
    """Compare the student's error with the bound."""
    population, student, best = study.population, study.student, study.population.best
    weak_error, misfit = population.weak_error(), population.misfit(student)
    epsilon = population.student_error(best)
    off = off_class(study.instance.hypothesis, best.coefficients, best.intercept)
    root = (epsilon.sqrt() * misfit.sqrt()).scaled(2.0)
    return compare(
        population.student_error(student),
        weak_error - misfit + study.product_deviation().scaled(statistical) + root,
        allowance=2 * study.slip + 2 * off * jnp.sqrt(misfit.upper()),
        cancelled=population.size() + misfit.value,
    )


def false_twin(study: SamplingStudy) -> Inequality:
    """Leave the statistical term out."""
    return check(study, statistical=0.0)


CLAIM = Claim(
    name="sampled_sharpened_gain",
    title="Theorem 2, sharpened, with probability",
    statement=r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + 2\Gamma "
    r"+ 2\sqrt{\varepsilon\, d(\hat f, f_w)}",
    reference="derived; sharpens Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses=HYPOTHESES,
    check=check,
    false_twin=false_twin,
    sets=("l2_ball",),
    needs=("sampled", "best"),
    failure=FAILURE,
)
