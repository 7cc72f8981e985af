r"""Certify any point as an approximate projection, whoever computed it.

With residual $r = y - f$ and $v = (H - \text{centre})^\top W r$, for a member $u$ with coefficients
$\theta_u$ and $\varphi = \theta_u - \theta$,

$$\langle r, u - f \rangle = \langle v, \varphi \rangle + m\kappa + \langle r, (H\theta + c) - f \rangle,$$

where $m = \langle r, 1 \rangle$ and $\kappa$ is the difference of the means (0 without intercept).

* A set with support function $\sigma$: $\langle v, \varphi \rangle \le \sigma(v) - \langle v, \theta
  \rangle$. What the support function leaves open (its residual) and the rounding of $v$ multiply
  $\|\theta_u\|$, which is at most the set's norm bound, or else at most $\|\theta\| + \|\varphi\|$
  with $\|\varphi\| \le \sqrt{d(u, f)} / \sigma_{\min}$: an offset and a slope.
* Any set: $\langle r, A\varphi \rangle \le \|P r\| \sqrt{d(u, f)}$ with the projector on the range of
  the features, from the factorisation and its measured errors: a slope alone. For the whole space it
  is all there is, and still certifies at a condition number of 1e8; where no constraint is active it
  beats the support function, being of second order in the rounding.
* Directions beyond the numerical rank: $\|A V_2\| \le$ defect, so they cost defect times a radius.

Every computed quantity is replaced by its provable side (`rounding`).
"""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.certificate import (
    Projection,
    default_tolerance,
    distance_bound,
    grade,
    linear_distance_bound,
)
from w2sjax.factorisation import Factorisation, weighted_moment
from w2sjax.hypothesis import HypothesisClass
from w2sjax.rounding import gamma, inflate, underflow
from w2sjax.sets.convex_set import CoefficientSet, ValueSet


@functools.partial(jax.jit, static_argnames="tolerance")
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
        radius: for unbounded sets over rank-deficient features, a norm of coefficients up to which
            members must be covered; at least $2\|\theta\| + \|y\|/\sigma_{\min}$ is.
        steps: reported as they are.

    Source: the gap of Jaggi (2013), with the distance from the set and rounding added (derived).
    """
    _check(hypothesis, target, coefficients)
    dtype = target.dtype
    tolerance = default_tolerance(dtype) if tolerance is None else tolerance
    if intercept is None:
        intercept = jnp.zeros((), dtype)
    if isinstance(hypothesis.set, ValueSet):
        point, parts = coefficients, _certify_values(hypothesis, target, coefficients, hint)
    else:
        point, parts = _certify_coefficients(
            hypothesis, target, coefficients, intercept, values, hint, radius
        )
    offset, slope, gap, covered = parts
    scale = jnp.sum(hypothesis.weights * target**2)
    status, gap = grade(gap, scale, tolerance)
    return Projection(
        coefficients=coefficients,
        intercept=intercept,
        values=point,
        gap=gap,
        offset=inflate(jnp.maximum(offset, 0), 2),
        slope=slope,
        radius=covered,
        status=status,
        steps=jnp.asarray(steps, jnp.int32),
    )


def _check(hypothesis, target, coefficients) -> None:
    if target.shape != (hypothesis.size,):
        raise ValueError(f"target: expected shape ({hypothesis.size},), got {target.shape}")
    if target.dtype != hypothesis.weights.dtype:
        raise ValueError(
            f"target: expected the class's dtype {hypothesis.weights.dtype}, got {target.dtype}"
        )
    features = hypothesis.features
    expected = hypothesis.size if features is None else features.shape[1]
    if coefficients.shape != (expected,):
        raise ValueError(f"coefficients: expected shape ({expected},), got {coefficients.shape}")


def _norm(weights, vector):
    """Upper bound of the weighted norm."""
    bound = inflate(jnp.sum(weights * vector**2), vector.shape[0] + 4)
    return inflate(jnp.sqrt(bound), 2)


def _certify_values(hypothesis, target, point, hint):
    weights, dtype, size = hypothesis.weights, target.dtype, hypothesis.size
    residual = target - point
    residual_norm = inflate(_norm(weights, residual), 2)
    length = _norm(weights, point)
    support = hypothesis.set.support(residual, weights, hint)
    pairing = jnp.sum(weights * residual * point)
    # The residual is rounded once; its effect on a bounded member is at most u |r| |u|.
    error = gamma(size + 4, dtype) * residual_norm * length + underflow(size + 4, dtype)
    slope = support.residual + rounding.unit(dtype) * residual_norm
    offset = support.value - pairing + inflate(error + slope * length, 8)
    offset += 4 * rounding.unit(dtype) * (jnp.abs(support.value) + jnp.abs(pairing))
    largest = jnp.sqrt(jnp.max(weights))
    outside = inflate(hypothesis.set.distance(point).upper() * largest, 4)
    slope = inflate(slope, 4)
    gap = distance_bound(offset, slope, outside, residual_norm)
    return offset, slope, gap, jnp.asarray(jnp.inf, dtype)


def _certify_coefficients(hypothesis, target, theta, intercept, values, hint, radius):
    weights, dtype = hypothesis.weights, target.dtype
    size, dimension = hypothesis.features.shape
    factors: Factorisation = hypothesis.factorisation
    convex_set: CoefficientSet = hypothesis.set
    total = jnp.sqrt(inflate(jnp.sum(weights), size))
    free = intercept if hypothesis.intercept else None

    computed = hypothesis.values(theta, free)
    off_class = inflate(
        gamma(dimension + 2, dtype)
        * (jnp.sum(jnp.abs(theta) * factors.raw_norms) + jnp.abs(intercept) * total),
        dimension + 8,
    ) + underflow(dimension + 2, dtype)
    point = computed
    if values is not None:
        point = values
        off_class += inflate(_norm(weights, values - computed), 4)
    residual = target - point
    residual_norm = inflate(_norm(weights, residual), 2)

    moment = weighted_moment(hypothesis.features, weights, hypothesis.centre, residual)
    columns = rounding.norm(factors.norms)
    raw_columns = rounding.norm(factors.raw_norms)
    moment_error = gamma(size + 6, dtype) * residual_norm * (columns + 2 * raw_columns)
    mean_slope = jnp.zeros((), dtype)
    if hypothesis.intercept:
        mean = jnp.abs(jnp.sum(weights * residual))
        mean += gamma(size + 4, dtype) * total * residual_norm
        mean_slope = inflate(mean / total, 8)
        # The centre is a rounded mean: what is left of the columns' means multiplies m.
        moment_error += mean_slope * gamma(size + 6, dtype) * raw_columns
    moment_error = inflate(moment_error + underflow(size, dtype), 16)

    norm = rounding.norm(theta)
    fallback = inflate(2 * norm + _norm(weights, target) / factors.smallest, 8)
    cap = fallback if radius is None else jnp.maximum(fallback, jnp.asarray(radius, dtype))
    floor = factors.full_rank_floor()
    full_rank = floor > 0
    safe_floor = jnp.where(full_rank, floor, 1)

    # Members of any set lie in the range of the features.
    member = rounding.norm(convex_set.extent(dimension, dtype))
    bounded = jnp.isfinite(member)
    slope, leftover = _range_slope(factors, weights, residual, residual_norm, moment, moment_error)
    # The mean and the centred part are orthogonal.
    slope = inflate(jnp.sqrt(slope**2 + mean_slope**2), 8)
    offset = jnp.where(full_rank, 0, leftover * (jnp.where(bounded, member, cap) + norm))
    gap = linear_distance_bound(offset, slope, off_class)
    infinite = jnp.asarray(jnp.inf, dtype)
    covered = jnp.where(bounded | full_rank, infinite, cap)
    offset += inflate((slope + residual_norm) * off_class, 8)
    if convex_set.linear:
        return point, (offset, slope, gap, covered)

    outside = off_class + inflate(convex_set.distance(theta).upper() * columns, 4)
    # The range's bound is on the distance from the range; the point must be of the set, too.
    gap = linear_distance_bound(offset, slope, outside)
    support = convex_set.support(moment, hint)
    pairing = jnp.sum(moment * theta)
    error = gamma(dimension + 1, dtype) * jnp.sum(jnp.abs(moment * theta))
    open_end = inflate(rounding.norm(support.residual) + moment_error, 4)
    reach = jnp.where(bounded, member, jnp.where(full_rank, norm, cap))
    set_offset = support.value - pairing + open_end * reach + moment_error * norm
    set_offset += error + 4 * rounding.unit(dtype) * (jnp.abs(support.value) + jnp.abs(pairing))
    set_slope = jnp.where(bounded | ~full_rank, 0, open_end / safe_floor) + mean_slope
    set_offset = jnp.maximum(set_offset, 0) + inflate((set_slope + residual_norm) * off_class, 8)
    set_gap = distance_bound(set_offset, set_slope, outside, residual_norm)
    inner = gap < set_gap
    return point, (
        jnp.where(inner, offset, set_offset),
        inflate(jnp.where(inner, slope, set_slope), 8),
        jnp.minimum(gap, set_gap),
        covered,
    )


def _range_slope(factors, weights, residual, residual_norm, moment, moment_error):
    r"""Bounds of $\|P r\|$ on the range of the features and of $\|(A V_2)^\top r\|$.

    QR route, $A = U\Sigma V^\top + E$ and $\varphi = V_1 a + V_2 b$: $\langle r, AV_1a\rangle =
    \langle U^\top r, \Sigma a\rangle + \langle r, EV_1a \rangle$, where $\|\Sigma a\| (\sqrt{1 - s}
    - \|E\|/\sigma) \le \|A\varphi\| + \|E\| \|b\|$. Gram route, $A^\top A = V\Lambda V^\top + E$:
    $\langle r, A\varphi\rangle = \langle V^\top v, a\rangle$ and $a^\top(\Lambda - \|E\|)a \le
    \|A\varphi\|^2$.
    """
    size, dtype = residual.shape[0], residual.dtype
    shrink = jnp.sqrt(jnp.maximum(1 - factors.skew, 0))
    inverse = jnp.where(
        factors.singular > 0, 1 / jnp.where(factors.singular > 0, factors.singular, 1), 0
    )
    largest = 1 / factors.smallest  # 0 where there are no singular values
    if factors.left is None:
        along = rounding.norm(inverse * (factors.right.T @ moment))
        along += (moment_error + gamma(size + 4, dtype) * rounding.norm(moment)) * largest
        room = 1 - factors.skew - factors.defect * largest**2
        room = jnp.sqrt(jnp.maximum(room, 0))
        tail = jnp.sqrt(factors.defect)
    else:
        scaled = jnp.sqrt(weights) * residual
        along = rounding.norm(jnp.matmul(factors.left.T, scaled, precision=rounding.HIGHEST))
        # Componentwise gamma ||U_j|| ||r||, over at most d columns of norm about one.
        columns = jnp.sqrt(factors.rank.astype(dtype)) * jnp.sqrt(1 + factors.skew)
        along += gamma(size + 6, dtype) * columns * residual_norm
        along += factors.defect * largest * residual_norm / shrink
        room = shrink - factors.defect * largest / shrink
        tail = factors.defect
    slope = jnp.where(room > 0, along / jnp.where(room > 0, room, 1), jnp.inf)
    slope = inflate(slope, size + 32)
    leftover = inflate((slope + residual_norm) * tail / shrink, 8)
    return slope, leftover
