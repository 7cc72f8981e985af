r"""The overlap points that the theorem's index buys fall short of the best source's by little.

Setting. As in `bandit_regret`; $X_t$ is the reward of round t.

Statement. With probability at least $1 - \delta$, $o_{\max} - \frac1T \sum_t X_t \le \sqrt{8K \log T / T} +
K/T + \sqrt{\log(1/\delta')/(2T)}$, where $\delta' = \delta - 2K/T^3 > 0$.

Reference. Derived; a form with probability of Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881.

Numerics. One repetition an instance; failures are counted. All intervals hold but with probability
$2K/T^3$, and the rewards fall short of the densities of their sources by more than the last term with
probability at most $\delta'$ (Azuma and Hoeffding: $X_t$ lies in [0, 1], a range of length 1).
"""

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.overlap.regret_study import BOUNDED, DOMAIN, FAILURE, INDEPENDENT, RegretStudy
from w2sjax.rounding import Rounded, exact, gamma


def check(study: RegretStudy) -> Inequality:
    """Compare the shortfall with its bound."""
    return _compare(study, study.exploration() + _chance(study))


def false_twin(study: RegretStudy) -> Inequality:
    """Let only chance cost anything, and no exploration."""
    return _compare(study, _chance(study))


def _chance(study: RegretStudy) -> Rounded:
    left = FAILURE - study.unlucky().upper()
    value = jnp.sqrt(jnp.log(1 / left) / (2 * study.horizon))
    # Less than half of delta is lost, so a relative error of left at most doubles in its logarithm.
    return exact(value).perturbed(gamma(128, value.dtype) * value)


def _compare(study: RegretStudy, bound: Rounded) -> Inequality:
    return compare(study.shortfall(), bound, cancelled=2 * study.best)


CLAIM = Claim(
    name="bandit_regret_probable",
    title="Regret of selecting sources, with probability",
    statement=r"o_{\max} - \frac1T \sum_t X_t \le \sqrt{8K \log T / T} + K/T + "
    r"\sqrt{\log(1/\delta')/(2T)}",
    reference="derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881",
    domain=DOMAIN,
    hypotheses={"independence": INDEPENDENT, "boundedness": BOUNDED},
    check=check,
    false_twin=false_twin,
    sets=(),
    needs=(),
    failure=FAILURE,
)
