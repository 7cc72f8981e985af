r"""Certify any point as an approximate projection, whoever computed it.

Over features the bounds are those of `feature_bounds`; in a set of values the support function bounds
$\sup_u \langle y - f, u - f\rangle$ directly. Every computed quantity is replaced by its provable side
(`rounding`).
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import additions, gamma, inflate, total, underflow
from w2sjax.machine.host import concrete, floating
from w2sjax.projecting import feature_bounds
from w2sjax.projecting.certificate import Projection, default_tolerance, distance_bound, grade
from w2sjax.projecting.feature_bounds import Bound
from w2sjax.projecting.hypothesis import HypothesisClass
from w2sjax.projecting.sets.convex_set import ValueSet


def certify(
    hypothesis: HypothesisClass,
    target: Float[Array, " n"],
    coefficients: Float[Array, " d"],
    intercept: Float[Array, ""] | None = None,
    *,
    values: Float[Array, " n"] | None = None,
    hint=None,
    tolerance: float | None = None,
    radius: Float[Array, ""] | float | None = None,
    steps: Array | int = 0,
) -> Projection:
    r"""Bound the distance of a point from the projection of `target` on the class.

    Args:
        hypothesis: the class $V$.
        target: $y$, what was projected.
        coefficients: of the point, in or near the set (its values, for a set of values).
        intercept: its constant, where the class has one.
        values: the point itself where it is more than its coefficients say (a student trained
            elsewhere); its distance to $H\theta + c$ counts as distance from the class.
        hint: a solver's dual point, handed to the set's support function.
        tolerance: relative gap $\gamma / \|y\|^2$ up to which the status is CERTIFIED;
            $\varepsilon^{2/3}$ by default.
        radius: where unresolved directions leave a reach, one that members must be covered up to:
            a bound of $\|S\theta_u\|$, each coefficient in the unit of its column (as
            `Factorisation.length` gives it); at least $2\|S\theta\| + \|y\|/\sigma_{\min}$ is.
        steps: reported as they are.

    Source: the gap of Jaggi (2013), with the distance from the set and rounding added (derived).
    """
    target = values_of(hypothesis, target, "target")
    coefficients = floating("coefficients", coefficients)
    features = hypothesis.features
    expected = hypothesis.size if features is None else features.shape[1]
    if coefficients.shape != (expected,):
        raise ValueError(f"coefficients: expected shape ({expected},), got {coefficients.shape}")
    if values is not None:
        if features is None:
            raise ValueError("values: a point of a set of values is given by its coefficients")
        values = values_of(hypothesis, values, "values")
    dtype = target.dtype
    tolerance = default_tolerance(dtype) if tolerance is None else tolerance
    intercept = jnp.zeros((), dtype) if intercept is None else jnp.asarray(intercept, dtype)
    if not hypothesis.intercept and np.any(concrete(intercept)):
        raise ValueError(f"intercept: got {intercept}, but the class has none")
    point = coefficients, intercept, values
    return _certify(hypothesis, target, *point, hint, radius, steps, tolerance=tolerance)


@functools.partial(jax.jit, static_argnames="tolerance")
def _certify(
    hypothesis, target, coefficients, intercept, values, hint, radius, steps, *, tolerance
) -> Projection:
    counted = hypothesis.weights > 0
    target = jnp.where(counted, target, 0)
    scale = total(hypothesis.weights * target**2)
    if isinstance(hypothesis.set, ValueSet):
        point = coefficients
        bound = _certify_values(hypothesis, target, jnp.where(counted, point, 0), point, hint)
    else:
        point, bound = feature_bounds.bound(
            hypothesis, target, coefficients, intercept, values, hint, radius, tolerance * scale
        )
    status, gap = grade(bound.gap, scale, tolerance, bound.reach)
    return Projection(
        coefficients=coefficients,
        intercept=intercept,
        values=point,
        gap=gap,
        offset=inflate(jnp.maximum(bound.offset, 0), 2),
        slope=bound.slope,
        radius=bound.reach,
        status=status,
        steps=jnp.asarray(steps, jnp.int32),
    )


def values_of(hypothesis: HypothesisClass, values: Any, name: str) -> Float[Array, " n"]:
    """Take function values at the points of a class, in its dtype."""
    values = floating(name, values)
    if values.shape != (hypothesis.size,):
        raise ValueError(f"{name}: expected shape ({hypothesis.size},), got {values.shape}")
    if values.dtype != hypothesis.weights.dtype:
        raise ValueError(
            f"{name}: expected the class's dtype {hypothesis.weights.dtype}, got {values.dtype}"
        )
    return values


def _certify_values(hypothesis, target, counted, point, hint) -> Bound:
    """Bound a set of values; `counted` is the point with zeros where there is no weight."""
    weights, dtype, size = hypothesis.weights, target.dtype, hypothesis.size
    count = additions(size, dtype)
    residual = target - counted
    residual_norm = inflate(rounding.norm(residual, weights), 2)
    length = rounding.norm(counted, weights)
    support = hypothesis.set.support(residual, weights, hint)
    pairing = total(weights * residual * counted)
    # The residual is rounded once; its effect on a bounded member is at most u |r| |u|.
    error = gamma(count + 4, dtype) * residual_norm * length + underflow(size + 4, dtype)
    slope = support.residual + rounding.unit(dtype) * residual_norm
    offset = support.value - pairing + inflate(error + slope * length, 8)
    offset += 4 * rounding.unit(dtype) * (jnp.abs(support.value) + jnp.abs(pairing))
    largest = jnp.sqrt(jnp.max(weights))
    outside = inflate(hypothesis.set.distance(point).upper() * largest, 4)
    slope = inflate(slope, 4)
    gap = distance_bound(offset, slope, outside, residual_norm)
    return Bound(offset, slope, gap, jnp.asarray(jnp.inf, dtype))
