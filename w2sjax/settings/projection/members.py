"""How far computed members are from the class, and students that stand off a projection."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate
from w2sjax.projecting.certificate import Projection
from w2sjax.projecting.certification import certify
from w2sjax.projecting.hypothesis import HypothesisClass
from w2sjax.settings.projection.drawing import ProjectionInstance


def member_error(instance: ProjectionInstance) -> Float[Array, ""]:
    r"""Bound the distance of computed member values from the class.

    Rounding of $H\theta + c$, the distance of the drawn coefficients from the set, and the one
    rounding of adding an offset.
    """
    weights = instance.hypothesis.weights
    largest = jnp.maximum(jnp.abs(instance.truth), jnp.abs(instance.other))
    constant = jnp.maximum(jnp.abs(instance.truth_intercept), jnp.abs(instance.other_intercept))
    error = off_class(instance.hypothesis, largest, constant)
    outside = jnp.maximum(
        *(outside_set(instance.hypothesis, theta) for theta in (instance.truth, instance.other))
    )
    shift = jnp.sqrt(jnp.sum(weights * instance.offset**2))
    error += outside + gamma(4, shift.dtype) * shift
    return inflate(error, 2 * weights.shape[0])


def outside_set(hypothesis: HypothesisClass, theta) -> Float[Array, ""]:
    """Bound how far the values of coefficients are from those of a member of the set."""
    factors, weights = hypothesis.factorisation, hypothesis.weights
    stretch = jnp.sqrt(jnp.max(weights)) if factors is None else rounding.norm(factors.norms)
    return hypothesis.set.distance(theta).upper() * stretch


def off_class(hypothesis: HypothesisClass, theta, intercept) -> Float[Array, ""]:
    r"""Bound the rounding of the values $H\theta + c$ in the weighted norm."""
    factors = hypothesis.factorisation
    if factors is None:
        size = jnp.sqrt(jnp.sum(hypothesis.weights * theta**2))
    else:
        size = jnp.sum(jnp.abs(theta) * factors.raw_norms) + jnp.abs(intercept)
    count = theta.shape[0]
    error = gamma(count + 4, size.dtype) * size + rounding.underflow(count, size.dtype) ** 0.5
    return inflate(error, count + 4)


def reach(instance: ProjectionInstance) -> Float[Array, ""]:
    """Cover every member that a claim compares with, where the certificate needs a radius.

    The members of the instance, and the projection of the target, which is no longer than the
    target over the smallest singular value.
    """
    factors = instance.hypothesis.factorisation
    if factors is None:
        return jnp.asarray(jnp.inf, instance.truth.dtype)
    members = 2 * (factors.length(instance.truth) + factors.length(instance.other))
    weights = instance.hypothesis.weights
    shift = jnp.sqrt(jnp.sum(weights * instance.offset**2)) / factors.smallest
    return members + 4 * shift


def fitted_to(
    instance: ProjectionInstance, name: str
) -> tuple[Float[Array, " n"], Float[Array, ""]]:
    """Say what a student is fitted to, and how far from the projection it ends, towards the second member.

    For a sample the weak labels count as often as it holds their points, and training stops a little short
    of the projection; the stated one may stand anywhere.
    """
    if name == "sampled":
        return instance.weak * instance.multiplicity, 0.1 * instance.mixture
    return instance.weak, instance.wander


def towards_other(
    instance: ProjectionInstance, projection: Projection, share: Float[Array, ""]
) -> Projection:
    """Stand part of the way from a projection to the second member."""
    theta = (1 - share) * projection.coefficients + share * instance.other
    intercept = (1 - share) * projection.intercept + share * instance.other_intercept
    return certify(instance.hypothesis, instance.weak, theta, intercept, radius=reach(instance))
