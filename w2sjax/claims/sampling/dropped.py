r"""What breaks the sampling claims without one of their hypotheses.

Where all points have the same features, $h(x) = X e_1$, the class is the constants between $-B$ and
$B$. Three such populations, with $f^* = B$, violate all the statements at once.
"""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.claims.claim import Hypothesis
from w2sjax.claims.sampling.instance import LARGEST, sample
from w2sjax.claims.sampling.study import SamplingStudy, prepare
from w2sjax.hypothesis import hypothesis_class

RARE = 1e-5


def _one_bad_sample(study: SamplingStudy) -> SamplingStudy:
    """$f_w = f^*$ but at one point, which is all that the sample holds."""
    bound, points = study.instance.bound, study.features.shape[0]
    bad = jnp.arange(points) == jnp.argmin(study.instance.hypothesis.weights)
    return _constants(
        study,
        study.instance.hypothesis.weights,
        jnp.where(bad, -bound, bound),
        jnp.where(bad, float(LARGEST), 0.0),
    )


def _chosen_after(study: SamplingStudy, size: int = 2**8, points: int = 2**11) -> SamplingStudy:
    """$f_w = -f^*$ at the points of the sample, which are few, and $f_w = f^*$ at all others."""
    weights = jnp.full(points, 1 / points, study.features.dtype)
    key = jax.random.wrap_key_data(study.instance.spare)
    counts = sample(key, weights, jnp.asarray(size, weights.dtype), size)
    bound = study.instance.bound
    return _constants(study, weights, jnp.where(counts > 0, -bound, bound), counts)


def _unbounded(study: SamplingStudy) -> SamplingStudy:
    """Members are ten thousand times the bound at a point that the sample is unlikely to hold."""
    instance = study.instance
    points = study.features.shape[0]
    rare = jnp.arange(points) == 0
    weights = jnp.where(rare, RARE, (1 - RARE) / (points - 1)).astype(study.features.dtype)
    counts = sample(jax.random.wrap_key_data(instance.spare), weights, instance.size, LARGEST)
    stretch = jnp.where(rare, 1e4, 1.0).astype(weights.dtype)
    weak = jnp.full(points, instance.bound)
    return _constants(study, weights, weak, counts, stretch)


def _constants(study: SamplingStudy, weights, weak, counts, stretch=None) -> SamplingStudy:
    """Put a study on one direction of the features, with $f^* = B$."""
    instance, radius = study.instance, study.radius
    stretch = jnp.ones_like(weights) if stretch is None else stretch
    axis = jnp.zeros(study.features.shape[1], weights.dtype).at[0].set(1.0)
    features = (instance.bound / radius * stretch)[:, None] * axis[None, :]
    hypothesis = hypothesis_class(instance.hypothesis.set, features, weights)
    truth = radius * axis
    changed = dataclasses.replace(
        instance,
        hypothesis=hypothesis,
        weak=weak,
        truth=truth,
        offset=instance.bound - hypothesis.values(truth),
        counts=counts,
        size=jnp.sum(counts),
    )
    return prepare(changed, tuple(study.population.students))


HYPOTHESES = {
    "i.i.d. sample": Hypothesis(
        "the points are independent draws from the population", drop=_one_bad_sample
    ),
    "weak model first": Hypothesis(
        "the weak model does not depend on the sample", drop=_chosen_after
    ),
    "boundedness": Hypothesis("members and weak model are bounded by B", drop=_unbounded),
}
