r"""Lemma 4 with a constant: population and sample misfit differ little, for all heads at once.

Setting. $V = \{\theta^\top h : \|\theta\| \le R\}$, $\|h(x)\| \le X$, $B = RX$, $|f_w| \le B$, and n
independent points, on which $f_w$ does not depend.

Statement. With probability at least $1 - \delta$, $\sup_{v \in V} \lvert d(v, f_w) - d_n(v, f_w) \rvert \le
\Delta = 8B^2/\sqrt n + 4B^2\sqrt{\log(2/\delta)/(2n)}$.

Reference. Derived; Charikar, Pabbaraju, Shiragur (2024), Lemma 4, arXiv:2405.15116, with explicit
constants: Rademacher complexity of the ball, contraction with Lipschitz constant $4B$, McDiarmid with
range $4B^2$.

Numerics. The difference is a quadratic in $\theta$, whose largest and least value over the ball are
found exactly (a trust-region problem) and bracketed by weak duality: the supremum is not sampled.
"""

import jax
import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.sampling.dropped import HYPOTHESES
from w2sjax.claims.sampling.study import DOMAIN, FAILURE, SamplingStudy
from w2sjax.rounding import HIGHEST, Rounded, gamma
from w2sjax.solvers.trust_region import maximise


def largest_difference(study: SamplingStudy) -> Rounded:
    r"""$\sup_v |d(v, f_w) - d_n(v, f_w)|$ with its bracket."""
    instance = study.instance
    hypothesis, weak = instance.hypothesis, instance.weak
    features = study.features
    signed = hypothesis.weights - instance.counts / instance.size
    matrix = jnp.matmul((features * signed[:, None]).T, features, precision=HIGHEST)
    linear = -jnp.matmul(features.T, signed * weak, precision=HIGHEST)
    constant = jnp.sum(signed * weak**2)
    signs = jnp.asarray([1.0, -1.0], weak.dtype)
    found = jax.vmap(lambda s: maximise(s * matrix, s * linear, s * constant, study.radius))(signs)
    lower, upper = jnp.max(found.lower), jnp.max(found.upper)
    # Forming the quadratic: sums over the points of terms that the two measures' misfits bound.
    largest = jnp.maximum(instance.bound, jnp.max(jnp.abs(weak)))
    rounding_error = gamma(weak.shape[0] + 16, weak.dtype) * 16 * largest**2
    return Rounded(upper, upper - lower + rounding_error)


def check(study: SamplingStudy, *, rate: float = 0.5) -> Inequality:
    """Compare the supremum with its bound."""
    return compare(largest_difference(study), study.misfit_deviation(rate))


def false_twin(study: SamplingStudy) -> Inequality:
    """Let the deviation fall like 1/n."""
    return check(study, rate=1.0)


CLAIM = Claim(
    name="uniform_misfit",
    title="Lemma 4, explicit",
    statement=r"\sup_{v \in V} \lvert d(v, f_w) - d_n(v, f_w) \rvert \le \Delta = 8B^2/\sqrt n "
    r"+ 4B^2\sqrt{\log(2/\delta)/(2n)}",
    reference="derived; Charikar, Pabbaraju, Shiragur (2024), Lemma 4, arXiv:2405.15116, "
    "with constants",
    domain=DOMAIN,
    hypotheses=HYPOTHESES,
    check=check,
    false_twin=false_twin,
    sets=("l2_ball",),
    needs=("sampled",),
    failure=FAILURE,
)
