r"""The deterministic core of Theorem 2: non-realizable target, student fitted on a sample.

Setting. $V$ is closed and convex, $f_s$ the projection of the target $f^*$ on $V$, $\varepsilon =
d(f_s, f^*)$, $f_{sw}$ the projection of $f_w$, and $\hat f$ any member of $V$ (in Theorem 2 the
projection in the measure of a sample), with excess misfit $\kappa = d(\hat f, f_w) - d(f_{sw}, f_w)
\ge 0$; $D = \sqrt{d(f_w, f^*)}$.

Statement. $d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + \kappa + \varepsilon +
2\sqrt\varepsilon D + 2D(\sqrt\kappa + \sqrt\varepsilon) + (\sqrt\kappa + \sqrt\varepsilon)^2$.

Reference. Derived: the deterministic part of Charikar, Pabbaraju, Shiragur (2024), Theorem 2,
arXiv:2405.15116, with explicit constants. $\|\hat f - f^*\| \le \|f_{sw} - f_s\| + \sqrt\kappa +
\sqrt\varepsilon$, projections do not expand, and Theorem 1 holds for the target $f_s$.

Numerics. $\kappa$ is computed with a certified projection, whose certificate perturbs it. The computed
$f_s$ is a member; the root of its gap enters through $\|f_{sw} - f_s\| \le D$.
"""

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, Study, off_class
from w2sjax.claims.projection.tight import finished_sample


def check(study: Study, *, cross: float = 2.0) -> Inequality:
    """Compare the sampled student's error with the bound."""
    sampled, exact, best = study.sampled, study.projection, study.best
    weak_error, misfit = study.weak_error(), study.misfit(sampled)
    least = study.misfit(exact)
    # d(f, f_w) - d(p, f_w) <= 2 <f_w - f, p - f> for the exact projection p; and the sampled
    # student is within its rounding of the class.
    off = off_class(study.instance.hypothesis, sampled.coefficients, sampled.intercept)
    excess = (misfit - least).perturbed(
        2 * exact.pairing(exact.gap) + 2 * off * jnp.sqrt(misfit.upper())
    )
    # Any member serves in the place of f_s, but then only |f_sw - f_s| <= D + its distance to f_s.
    epsilon = study.student_error(best)
    roots = excess.sqrt() + epsilon.sqrt()
    distance = weak_error.sqrt()
    reach = distance.perturbed(jnp.sqrt(best.gap))
    bound = weak_error - misfit + excess + epsilon
    bound = bound + (epsilon.sqrt() * distance).scaled(cross)
    bound = bound + (reach * roots).scaled(cross) + roots * roots
    return compare(study.student_error(sampled), bound, cancelled=study.size() + misfit.value)


def false_twin(study: Study) -> Inequality:
    """Leave out the terms that the distance of weak model and target multiplies."""
    return check(study, cross=0.0)


CLAIM = Claim(
    name="nonrealizable_gain",
    title="Theorem 2, deterministic core",
    statement=r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + \kappa + \varepsilon "
    r"+ 2\sqrt\varepsilon D + 2D(\sqrt\kappa + \sqrt\varepsilon) "
    r"+ (\sqrt\kappa + \sqrt\varepsilon)^2",
    reference="derived; deterministic part of Charikar, Pabbaraju, Shiragur (2024), Theorem 2, "
    "arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    tight_at=finished_sample,
    needs=("projection", "best", "sampled"),
)
