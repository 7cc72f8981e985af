r"""More overlap points do not make the student worse, on average.

Setting. An overlap mixture with fair labels and isotropic noise; a weak model that is linear in the easy
coordinates and better than chance on them; students are logistic regressions on $n_1 < \dots < n_k$ overlap
points with the weak model's labels. $A_{r,i}$ is the population accuracy of the student of $n_i$ points in
the r-th of R independent repetitions, and $\bar A_i$ its mean.

Statement. With probability at least $1 - \delta$, $\max_{i < j} (\bar A_i - \bar A_j) \le
\sqrt{2 \log(k(k - 1)/(2\delta)) / R}$.

Reference. Derived, from the empirical finding of Shin, Cooper, Sala (2025), arXiv:2412.03881, that the
gain rises with the overlap density. The weak model and the regions' shares where both are judged stay the
same here, so the gain rises as the student's accuracy does. If $E A_{r,i}$ does not fall in i, this is
Hoeffding's inequality for the $k(k - 1)/2$ differences, each in $[-1, 1]$; that it does not is not proved.

Numerics. Accuracies are in closed form, so that the noise is that of training alone. The statement is about
the students as computed, so their distance to the optimum does not count. With 32 repetitions the radius
is 0.46: falls smaller than that are not seen, and where all accuracies are close to each other nothing is.
"""

import math

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.overlap.gain_study import BETTER_THAN_CHANCE, DOMAIN, GainStudy
from w2sjax.monotone import largest_fall
from w2sjax.rounding import Rounded, gamma

FAILURE = 0.1
NORMAL_ULPS = 256  # of the normal distribution function and what it is given


def check(study: GainStudy, *, sign: int = 1) -> Inequality:
    """Compare the largest fall of the mean accuracies with the confidence radius."""
    repetitions, size = study.accuracies.shape
    means = jnp.mean(study.accuracies, axis=0)
    fall = largest_fall(sign * means)
    # Computed accuracies are at most 1.
    error = 2 * gamma(repetitions + NORMAL_ULPS, means.dtype)
    radius = math.sqrt(2 * math.log(size * (size - 1) / (2 * FAILURE)) / repetitions)
    bound = jnp.asarray(radius, means.dtype)
    return compare(
        Rounded(fall, jnp.full_like(fall, error)), Rounded(bound, gamma(8, bound.dtype) * bound)
    )


def false_twin(study: GainStudy) -> Inequality:
    """Let overlap points never help: the accuracy does not rise."""
    return check(study, sign=-1)


CLAIM = Claim(
    name="monotone_gain",
    title="Gain rises with the overlap density",
    statement=r"\max_{i < j} (\bar A_i - \bar A_j) \le \sqrt{2 \log(k(k - 1)/(2\delta)) / R}",
    reference="derived; empirical finding of Shin, Cooper, Sala (2025), arXiv:2412.03881",
    domain=DOMAIN,
    hypotheses={"better than chance": BETTER_THAN_CHANCE},
    check=check,
    false_twin=false_twin,
    sets=(),
    needs=(),
    failure=FAILURE,
)
