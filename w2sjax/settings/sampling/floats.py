r"""Sampled populations in doubles: the student of a sample, judged in the population.

Proofs of the claims: docs/explanation/theorem2.md. Without one of their assumptions an instance gives
way to one that breaks it. Where all points have the same features, $h(x) = X e_1$, the class is the
constants between $-B$ and $B$; three such populations, with $f^* = B$, violate all the claims at once.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.measured import MEASURED, Measured, exactly, measured
from w2sjax.arithmetic.rounding import HIGHEST, Rounded, gamma
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.projecting.certificate import Projection
from w2sjax.projecting.hypothesis import derived_again, hypothesis_class
from w2sjax.projecting.projection import project
from w2sjax.projecting.solvers.trust_region import maximise
from w2sjax.settings.sampling import BOUNDED, FAILURE, FIRST, IID
from w2sjax.settings.sampling.drawing import LARGEST, SamplingInstance, sample
from w2sjax.settings.sampling.drawing import STRATA as STRATA
from w2sjax.settings.sampling.drawing import draw as draw

RARE = 1e-5


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class SamplingStudy:
    r"""A population and a sample, with the student that was fitted on the sample.

    Attributes:
        instance: the raw instance.
        student: $\hat f$, the projection in the sample's measure, as computed.
        best: $f_s$, where a claim asks for it.
        delta: how likely a claim may be to fail.
    """

    instance: SamplingInstance
    student: Projection
    best: Projection | None
    delta: Any = dataclasses.field(default=FAILURE, metadata={"static": True})

    def quantity(self, data: tuple[str, ...]) -> Measured:
        """A quantity of the vocabulary."""
        match data:
            case ("d", first, second):
                return self._distance(first, second)
            case ("gap", _):
                return self._gap()
            case ("gap_n", _):
                return measured(Rounded(jnp.zeros_like(self.instance.size), self._left()))
            case ("deviation",):
                return measured(largest_difference(self.instance))
            case ("delta",):
                return MEASURED["number"](self.delta)
        return exactly(self.instance.bound if data == ("B",) else self.instance.size)

    def _distance(self, first: str, second: str) -> Measured:
        """$d(f, g)$; the true $f_s$ is as near to the computed one as its certificate says."""
        functions = {"weak": self.instance.weak, "target": self.instance.target,
                     "student": self.student.values}  # fmt: skip
        off = jnp.zeros_like(self.instance.size)
        if self.best is not None and "best" in (first, second):
            functions["best"] = self.best.values
            off = self.instance.rounding() + jnp.sqrt(self.best.gap)
        weights = self.instance.hypothesis.weights
        square = rounding.mean_square(weights, functions[first], functions[second])
        return measured(square.perturbed(off * (2 * jnp.sqrt(square.upper()) + off)))

    def _left(self) -> Float[Array, ""]:
        r"""Bound $P_n[(f_w - \hat f)(u - \hat f)]$ over members u, at most 0 for the projection."""
        apart = 2 * self.instance.largest()
        return self.student.pairing(apart**2) + apart * self.instance.rounding()

    def _gap(self) -> Measured:
        r"""$\gamma(\hat f)$ over the ball."""
        instance, student = self.instance, self.student
        masses = instance.hypothesis.weights * (instance.weak - student.values)
        pull = jnp.matmul(instance.features.T, masses, precision=HIGHEST)
        reach, pairing = instance.radius * rounding.norm(pull), jnp.sum(pull * student.coefficients)
        error = gamma(masses.shape[0] + 32, pull.dtype) * 8 * instance.largest() ** 2
        return measured(Rounded(reach - pairing, error), reach + jnp.abs(pairing))


def largest_difference(instance: SamplingInstance) -> Rounded:
    r"""$\sup_v |d(v, f_w) - d_n(v, f_w)|$ with its bracket: the difference is a quadratic."""
    weak, features, radius = instance.weak, instance.features, instance.radius
    signed = instance.hypothesis.weights - instance.counts / instance.size
    matrix = jnp.matmul((features * signed[:, None]).T, features, precision=HIGHEST)
    linear = -jnp.matmul(features.T, signed * weak, precision=HIGHEST)
    constant = jnp.sum(signed * weak**2)
    signs = jnp.asarray([1.0, -1.0], weak.dtype)
    found = jax.vmap(lambda s: maximise(s * matrix, s * linear, s * constant, radius))(signs)
    lower, upper = jnp.max(found.lower), jnp.max(found.upper)
    # Forming the quadratic: sums over the points of terms that the two measures' misfits bound.
    error = gamma(weak.shape[0] + 16, weak.dtype) * 16 * instance.largest() ** 2
    return Rounded(upper, upper - lower + error)


def prepare(instance: SamplingInstance, claims: tuple[Claim, ...] = ()) -> SamplingStudy:
    """Fit the student on the sample; project the target in the population where claims ask for it."""
    allowances = [claim.allowance for claim in claims if claim.allowance is not None]
    terms = [*allowances, *(term for claim in claims for term in claim.terms)]
    return _prepared(instance, best=any("best" in data for data in quantities(terms)))


def _prepared(instance: SamplingInstance, *, best: bool) -> SamplingStudy:
    instance = dataclasses.replace(instance, hypothesis=derived_again(instance.hypothesis))
    hypothesis, weights = instance.hypothesis, instance.counts / instance.size
    sampled = hypothesis_class(hypothesis.set, hypothesis.features, weights)
    projected = project(hypothesis, instance.target) if best else None
    return SamplingStudy(instance, project(sampled, instance.weak), projected)


def study(prepared: SamplingStudy, claim: Claim) -> SamplingStudy:
    """Put a population in its place that breaks the assumption that is dropped."""
    if claim.dropped in DROPPED:
        changed = DROPPED[claim.dropped](prepared.instance)
        prepared = _prepared(changed, best=prepared.best is not None)
    return dataclasses.replace(prepared, delta=claim.failure or FAILURE)


def _one_bad_sample(instance: SamplingInstance) -> SamplingInstance:
    """$f_w = f^*$ but at one point, which is all that the sample holds."""
    bound, weights = instance.bound, instance.hypothesis.weights
    bad = jnp.arange(weights.shape[0]) == jnp.argmin(weights)
    counts = jnp.where(bad, float(LARGEST), 0.0)
    return _constants(instance, weights, jnp.where(bad, -bound, bound), counts)


def _chosen_after(instance: SamplingInstance) -> SamplingInstance:
    """$f_w = -f^*$ at the points of the sample, which are few, and $f_w = f^*$ at all others."""
    size, points = 2**8, 2**11
    weights = jnp.full(points, 1 / points, instance.weak.dtype)
    key = jax.random.wrap_key_data(instance.spare)
    counts = sample(key, weights, jnp.asarray(size, weights.dtype), size)
    bound = instance.bound
    return _constants(instance, weights, jnp.where(counts > 0, -bound, bound), counts)


def _unbounded(instance: SamplingInstance) -> SamplingInstance:
    """Members are ten thousand times the bound at a point that the sample is unlikely to hold."""
    points = instance.weak.shape[0]
    rare = jnp.arange(points) == 0
    weights = jnp.where(rare, RARE, (1 - RARE) / (points - 1)).astype(instance.weak.dtype)
    counts = sample(jax.random.wrap_key_data(instance.spare), weights, instance.size, LARGEST)
    stretch = jnp.where(rare, 1e4, 1.0).astype(weights.dtype)
    return _constants(instance, weights, jnp.full(points, instance.bound), counts, stretch)


def _constants(instance, weights, weak, counts, stretch: Any = 1.0) -> SamplingInstance:
    """Put an instance on one direction of the features, with $f^* = B$."""
    axis = jnp.zeros(instance.features.shape[1], weights.dtype).at[0].set(1.0)
    lengths = instance.bound / instance.radius * stretch * jnp.ones_like(weights)
    features = lengths[:, None] * axis[None, :]
    return dataclasses.replace(
        instance,
        hypothesis=hypothesis_class(instance.hypothesis.set, features, weights),
        weak=weak,
        target=jnp.full_like(weak, instance.bound),
        counts=counts,
        size=jnp.sum(counts),
    )


DROPPED = {IID.name: _one_bad_sample, FIRST.name: _chosen_after, BOUNDED.name: _unbounded}
