r"""Theorem 2 with probability, constants written out.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w|, |f^*| \le B$, and
n independent points, on which $f_w$ does not depend; $\hat f$ is the projection of $f_w$ in the measure
of the sample, $f_s$ that of $f^*$ in the population, $\varepsilon = d(f_s, f^*)$, $D = \sqrt{d(f_w,
f^*)}$.

Statement. With probability at least $1 - \delta$, $d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) +
\kappa + \varepsilon + 2\sqrt\varepsilon D + 2D(\sqrt\kappa + \sqrt\varepsilon) + (\sqrt\kappa +
\sqrt\varepsilon)^2$ with $\kappa = 2\Delta$ of Lemma 4 (`uniform_misfit`).

Reference. Derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, with constants: the
deterministic core (`nonrealizable_gain`) with the excess misfit that Lemma 4 allows.

Numerics. Any member may stand for $f_s$ in $\varepsilon$; twice the gap that the computed student has
left in the sample's measure is added to $\kappa$.
"""

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.sampling.dropped import HYPOTHESES
from w2sjax.claims.sampling.study import DOMAIN, FAILURE, SamplingStudy


def check(study: SamplingStudy, *, statistical: float = 2.0) -> Inequality:
    """Compare the student's error with the bound."""
    population, student, best = study.population, study.student, study.population.best
    weak_error, misfit = population.weak_error(), population.misfit(student)
    excess = study.misfit_deviation().scaled(statistical).perturbed(2 * study.slip)
    epsilon = population.student_error(best)
    distance, roots = weak_error.sqrt(), excess.sqrt() + epsilon.sqrt()
    reach = distance.perturbed(jnp.sqrt(best.gap))
    bound = weak_error - misfit + excess + epsilon
    bound = bound + (epsilon.sqrt() * distance).scaled(2.0)
    bound = bound + (reach * roots).scaled(2.0) + roots * roots
    return compare(
        population.student_error(student), bound, cancelled=population.size() + misfit.value
    )


def false_twin(study: SamplingStudy) -> Inequality:
    """Leave the statistical terms out."""
    return check(study, statistical=0.0)


CLAIM = Claim(
    name="sampled_gain",
    title="Theorem 2 with probability",
    statement=r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + \kappa + \varepsilon "
    r"+ 2\sqrt\varepsilon D + 2D(\sqrt\kappa + \sqrt\varepsilon) "
    r"+ (\sqrt\kappa + \sqrt\varepsilon)^2",
    reference="derived; Charikar, Pabbaraju, Shiragur (2024), Theorem 2, arXiv:2405.15116, "
    "with constants",
    domain=DOMAIN,
    hypotheses=HYPOTHESES,
    check=check,
    false_twin=false_twin,
    sets=("l2_ball",),
    needs=("sampled", "best"),
    failure=FAILURE,
)
