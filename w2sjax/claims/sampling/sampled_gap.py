r"""The gap, in the population, of a student that was fitted on a sample.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w| \le B$, and n
independent points, on which $f_w$ does not depend; $\hat f$ is the projection of $f_w$ in the measure of
the sample.

Statement. With probability at least $1 - \delta$, $\gamma(\hat f) \le \Gamma = 4B^2/\sqrt n +
5B^2\sqrt{\log(1/\delta)/(2n)}$, where $\gamma(q) = \sup_{u \in V} \langle f_w - q, u - q \rangle$.

Reference. Derived. The gap in the measure of the sample is 0, so $\gamma(\hat f) \le \sup_{u, v} (P -
P_n)[(f_w - v)(u - v)]$.

Numerics. Over the ball $\gamma = R\|g\| - \langle g, \hat\theta \rangle$ with $g = \sum_i w_i (f_w -
\hat f)_i h_i$; what the computed student leaves in the sample's measure is added.
"""

import jax.numpy as jnp

from w2sjax import rounding
from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.sampling.dropped import HYPOTHESES
from w2sjax.claims.sampling.study import DOMAIN, FAILURE, SamplingStudy
from w2sjax.rounding import HIGHEST, Rounded, gamma


def population_gap(study: SamplingStudy) -> Rounded:
    r"""$\gamma(\hat f)$ over the ball."""
    instance, student = study.instance, study.student
    hypothesis = instance.hypothesis
    residual = instance.weak - student.values
    pull = jnp.matmul(study.features.T, hypothesis.weights * residual, precision=HIGHEST)
    value = study.radius * rounding.norm(pull) - jnp.sum(pull * student.coefficients)
    largest = jnp.maximum(instance.bound, jnp.max(jnp.abs(instance.weak)))
    error = gamma(instance.weak.shape[0] + 32, value.dtype) * 8 * largest**2
    return Rounded(value, error)


def check(study: SamplingStudy, *, rate: float = 0.5) -> Inequality:
    """Compare the gap with its bound."""
    return compare(population_gap(study), study.product_deviation(rate), allowance=study.slip)


def false_twin(study: SamplingStudy) -> Inequality:
    """Let the deviation fall like 1/n."""
    return check(study, rate=1.0)


CLAIM = Claim(
    name="sampled_gap",
    title="gap of a student fitted on a sample",
    statement=r"\gamma(\hat f) \le \Gamma = 4B^2/\sqrt n + 5B^2\sqrt{\log(1/\delta)/(2n)}",
    reference="derived",
    domain=DOMAIN,
    hypotheses=HYPOTHESES,
    check=check,
    false_twin=false_twin,
    sets=("l2_ball",),
    needs=("sampled",),
    failure=FAILURE,
)
