r"""What the sampling claims share: the student of a sample, judged in the population.

$$\Delta = \frac{8B^2}{\sqrt n} + 4B^2 \sqrt{\frac{\log(2/\delta)}{2n}}, \qquad
\Gamma = \frac{4B^2}{\sqrt n} + 5B^2 \sqrt{\frac{\log(1/\delta)}{2n}}$$

bound, each with probability at least $1 - \delta$, the difference of population and sample misfit of
every member at once, and $(P - P_n)[(f_w - v)(u - v)]$ for all pairs of members. Proofs:
docs/theorem2.md.
"""

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.certificate import Projection
from w2sjax.certification import certify
from w2sjax.claims.claim import Domain
from w2sjax.claims.projection.instance import ProjectionInstance
from w2sjax.claims.projection.study import Study, off_class
from w2sjax.claims.sampling.instance import STRATA, SamplingInstance, draw
from w2sjax.hypothesis import derived_again, hypothesis_class
from w2sjax.projection import project
from w2sjax.rounding import Rounded

FAILURE = 0.1


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class SamplingStudy:
    r"""A population and a sample, with the student that was fitted on the sample.

    Attributes:
        instance: the raw instance.
        population: the instance in the population's measure; its student is $\hat f$, the projection
            in the sample's measure, certified in the population's.
        slip: bound of $P_n[(f_w - \hat f)(u - \hat f)]$ over members u, at most 0 for the projection.
    """

    instance: SamplingInstance
    population: Study
    slip: Float[Array, "*batch"]

    @property
    def features(self) -> Any:
        """Features of the population's points."""
        return self.instance.hypothesis.features

    @property
    def radius(self) -> Any:
        """Radius of the ball."""
        ball: Any = self.instance.hypothesis.set
        return ball.radius

    @property
    def student(self) -> Projection:
        r"""$\hat f$."""
        return self.population.student

    def misfit_deviation(self, rate: float = 0.5) -> Rounded:
        r"""$\Delta$, with $n^{-\text{rate}}$ for $n^{-1/2}$."""
        constant = 8 + 4 * math.sqrt(math.log(2 / FAILURE) / 2)
        return self._deviation(constant, rate)

    def product_deviation(self, rate: float = 0.5) -> Rounded:
        r"""$\Gamma$, with $n^{-\text{rate}}$ for $n^{-1/2}$."""
        constant = 4 + 5 * math.sqrt(math.log(1 / FAILURE) / 2)
        return self._deviation(constant, rate)

    def _deviation(self, constant, rate) -> Rounded:
        value = constant * self.instance.bound**2 * self.instance.size**-rate
        # Powers are accurate to a few units in the last place.
        return rounding.exact(value).perturbed(rounding.gamma(64, value.dtype) * value)


def prepare(instance: SamplingInstance, needs: tuple[str, ...] = ("sampled",)) -> SamplingStudy:
    """Fit the student on the sample; project the target in the population."""
    instance = dataclasses.replace(instance, hypothesis=derived_again(instance.hypothesis))
    hypothesis = instance.hypothesis
    weights = instance.counts / instance.size
    learnt = project(hypothesis_class(hypothesis.set, hypothesis.features, weights), instance.weak)
    student = certify(hypothesis, instance.weak, learnt.coefficients)
    zero = jnp.zeros((), instance.weak.dtype)
    raw = ProjectionInstance(
        hypothesis=hypothesis,
        weak=instance.weak,
        truth=instance.truth,
        truth_intercept=zero,
        offset=instance.offset,
        other=instance.truth,
        other_intercept=zero,
        multiplicity=instance.counts,
        mixture=zero,
        wander=zero,
        strata=jnp.zeros(3, jnp.int32),
    )
    students = {"sampled": student, "projection": student}
    if "best" in needs:
        target = hypothesis.values(instance.truth) + instance.offset
        students["best"] = project(hypothesis, target)
    # Members are at most 2B apart; the values of a computed one are off by a rounding.
    slip = learnt.pairing((2 * instance.bound) ** 2) + 2 * instance.bound * off_class(
        hypothesis, learnt.coefficients, zero
    )
    return SamplingStudy(instance, Study(raw, student, students), slip)


DOMAIN = Domain(name="sampling", draw=draw, prepare=prepare, strata=STRATA)
