r"""Bounds of the gap of a point of a class over features: by the range, and by the set.

With residual $r = y - f$, $v = (H - m)^\top W r$ and, for a member $u$, the difference $\varphi$ of
its coefficients and the point's,

$$\langle r, u - f \rangle = \langle v, \varphi \rangle + \langle r, 1\rangle\kappa
+ \langle r, (H\theta + c) - f \rangle,$$

where $\kappa$ is the difference of the means (0 without intercept).

* Any set: $\langle r, A\varphi \rangle \le \|P r\| \sqrt{d(u, f)}$ with the projector on the range of
  the features, from the factorisation and its measured errors: a slope alone. For the whole space it
  is all there is, and still certifies at a condition number of 1e8; where no constraint is active it
  beats the support function, being of second order in the rounding.
* A set with support function $\sigma$: $\langle v, \varphi \rangle \le \sigma(v) - \langle v, \theta
  \rangle$. What the support function leaves open (its residual) and the rounding of $v$ multiply
  $|\theta_{u,j}|$, which is at most the set's extent, or at most $|\theta_j| + |\varphi_j|$.
* $\|S\varphi\| \le \sqrt{d(u, f)} / \ell$ with the factorisation's floor $\ell$, where columns are
  independent; over dependent columns $\varphi$ may be taken orthogonal to their kernel for the first
  bound, and for the second in a set where equal columns can be merged, $\ell$ over the root of the
  largest group. Where directions are unresolved nothing bounds it: then members are covered up to a
  reach only, and the answer is LOOSE.

Every computed quantity is replaced by its provable side (`rounding`).
"""

import functools
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import additions, contract, gamma, inflate, total, underflow
from w2sjax.projecting.centring import weighted_moment
from w2sjax.projecting.certificate import distance_bound, linear_distance_bound
from w2sjax.projecting.factorisation import Factorisation
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.sets.convex_set import CoefficientSet


class Bound(NamedTuple):
    r"""$\langle r, u - f\rangle \le$ offset + slope $\sqrt{d(u, f)}$ for members within the reach."""

    offset: Float[Array, ""]
    slope: Float[Array, ""]
    gap: Float[Array, ""]
    reach: Float[Array, ""]


class _Point(NamedTuple):
    """A point of a class over features, and what its bounds share.

    `moment` is $v$ and `error` bounds its rounding, in the units of the factored columns; `mean_slope` is
    $|\\langle r, 1\\rangle| / \\|1\\|$; `cap` is a reach in the columns' units.
    """

    theta: Float[Array, " d"]
    residual: Float[Array, " n"]
    residual_norm: Float[Array, ""]
    off_class: Float[Array, ""]
    moment: Float[Array, " d"]
    error: Float[Array, " d"]
    mean_slope: Float[Array, ""]
    cap: Float[Array, ""]


def bound(
    hypothesis, target, theta, intercept, values, hint, radius, enough
) -> tuple[Float[Array, " n"], Bound]:
    """Give the values at the points and the best bound; `enough` is the gap that is asked for."""
    values, point = _examined(hypothesis, target, theta, intercept, values, radius)
    factors, convex_set = hypothesis.factorisation, hypothesis.set
    dimension, dtype = theta.shape[0], theta.dtype
    extent = convex_set.extent(dimension, dtype)
    # The range's bound is on the distance from the range; the point must be of the set, too.
    columns = rounding.norm(factors.norms)
    outside = point.off_class + inflate(convex_set.distance(theta).upper() * columns, 4)
    inner = _range_bound(factors, hypothesis.weights, point, extent, outside)
    if convex_set.linear:
        return values, inner
    unbounded = jnp.full(dimension, jnp.inf, dtype)
    support = convex_set.support(point.moment, hint)
    by_set = functools.partial(_set_bound, factors, convex_set, point, support, outside)
    bounds = inner, by_set(extent), by_set(unbounded)
    return values, functools.reduce(functools.partial(_better, enough), bounds)


def _better(enough, one: Bound, other: Bound) -> Bound:
    """Give the smaller gap, or else one that covers the whole class and is small enough."""
    covers = [jnp.isinf(bound.reach) & (bound.gap <= enough) for bound in (one, other)]
    first = jnp.where(covers[0] == covers[1], one.gap <= other.gap, covers[0])
    return Bound(*(jnp.where(first, a, b) for a, b in zip(one, other, strict=True)))


def _examined(hypothesis, target, theta, intercept, values, radius):
    """Give the values, computed from the coefficients unless given, and what bounds need of them."""
    weights, dtype = hypothesis.weights, target.dtype
    size, dimension = hypothesis.features.shape
    count = additions(size, dtype)
    factors: Factorisation = hypothesis.factorisation
    mass = jnp.sqrt(inflate(total(weights), count))
    computed = hypothesis.values(theta, intercept if hypothesis.intercept else None)
    length = jnp.sum(jnp.abs(theta) * factors.raw_norms) + jnp.abs(intercept) * mass
    off_class = inflate(gamma(dimension + 2, dtype) * length, dimension + 8)
    off_class += underflow(dimension + 2, dtype) * (1 + jnp.sum(jnp.abs(theta)))
    counted = weights > 0
    if values is not None:
        away = jnp.where(counted, values - computed, 0)
        off_class += inflate(rounding.norm(away, weights), 4)
    values = computed if values is None else values
    residual = jnp.where(counted, target - values, 0)
    residual_norm = inflate(rounding.norm(residual, weights), 2)
    features = hypothesis.features
    moment = weighted_moment(features, weights, hypothesis.centre, residual)
    passed = features.additions if isinstance(features, Rows) else count
    error = gamma(passed + 8, dtype) * residual_norm * factors.norms
    if factors.blur is not None:
        error += residual_norm * factors.blur
    error += underflow(2 * size, dtype) * (1 + factors.norms + residual_norm)
    mean_slope = jnp.zeros((), dtype)
    if hypothesis.intercept:
        mean = jnp.abs(total(weights * residual)) + gamma(count + 4, dtype) * mass * residual_norm
        mean_slope = inflate(mean / mass, count + 8)
        # What is left of the columns' means multiplies the mean of the residual.
        units = factors.scales if factors.basis is None else 1
        error += mean_slope * factors.drift * units
    own = factors.length(theta)
    cap = inflate(2 * own + rounding.norm(target, weights) / factors.smallest, 8)
    if radius is not None:
        cap = jnp.maximum(cap, jnp.asarray(radius, dtype))
    point = _Point(
        theta, residual, residual_norm, off_class, moment, inflate(error, 16), mean_slope, cap
    )
    return values, point


def _range_bound(factors: Factorisation, weights, point: _Point, extent, outside) -> Bound:
    r"""Bound $\langle r, A\varphi\rangle$ by the factors alone.

    QR route, $A = U\Sigma V_k^\top + E$: $\langle r, A\varphi\rangle = \langle U^\top r, \Sigma
    V_k^\top\varphi\rangle + \langle r, E\varphi \rangle$, where $\sqrt{1 - s}\,\|\Sigma
    V_k^\top\varphi\| \le \|A\varphi\| + \|E\| \|\varphi\|$. Gram route, $A^\top A = V_k\Lambda
    V_k^\top + E$: $\langle v, \varphi\rangle \le \|\Lambda^{-1/2} V_k^\top v\| \sqrt{\|A\varphi\|^2 +
    \|E\| \|\varphi\|^2} + \|V_0^\top v\| \|\varphi\|$ with the other directions $V_0$.
    """
    size, dtype = point.residual.shape[0], point.residual.dtype
    dimension = point.theta.shape[0]
    kept = jnp.arange(dimension, dtype=jnp.int32) < factors.rank
    if factors.left is None:
        moment = factors.reduced(point.moment)
        parts = contract(factors.right, moment)
        lost = gamma(dimension + 4, dtype) * dimension**0.5 * rounding.norm(moment)
        lost += 3 * factors.skew * rounding.norm(moment)
        lost += rounding.norm(factors.reduced(point.error))
        along = rounding.norm(jnp.where(kept, parts / jnp.where(kept, factors.singular, 1), 0))
        free = along * jnp.sqrt(factors.defect) + 2 * lost
        free += rounding.norm(jnp.where(kept, 0, parts)) * (1 + factors.skew)
    else:
        shrink = jnp.sqrt(jnp.maximum(1 - factors.skew, 0.25))  # if less, nothing is known
        scaled = jnp.sqrt(weights) * point.residual
        along = rounding.norm(jnp.where(kept, contract(factors.left, scaled), 0))
        # Componentwise gamma ||U_j|| ||r||, over the columns kept, of norm about one.
        columns = jnp.sqrt(factors.rank.astype(dtype)) * jnp.sqrt(1 + factors.skew)
        along += gamma(additions(size, dtype) + 6, dtype) * columns * point.residual_norm
        along = jnp.where(factors.skew <= 0.75, along / shrink, jnp.inf)
        free = (along + point.residual_norm) * factors.defect
    along, free = inflate(along, dimension + 32), inflate(free, dimension + 32)

    # The mean and the centred part are orthogonal, but for what rounding has left of the means.
    floor = factors.floor()
    resolved = floor > 0
    safe = jnp.where(resolved, floor, 1)
    drift = factors.drift / safe
    slope = jnp.sqrt((along * (1 + drift) + free / safe) ** 2 + point.mean_slope**2)
    slope += point.mean_slope * drift
    # Where that says nothing, members are as long as their set allows, or as the cap.
    member = factors.length(extent)
    bounded = jnp.isfinite(member)
    length = jnp.where(bounded, member, point.cap) + factors.length(point.theta)
    offset = (free + (along + point.mean_slope) * factors.drift) * length
    open_slope = jnp.sqrt(along**2 + point.mean_slope**2)
    offset = jnp.where(resolved, 0, inflate(offset, 16))
    slope = inflate(jnp.where(resolved, slope, open_slope), 16)
    gap = linear_distance_bound(offset, slope, outside)
    reach = jnp.where(resolved | bounded, jnp.inf, point.cap)
    return Bound(_off_class(offset, slope, point), slope, gap, reach)


def _off_class(offset, slope, point: _Point):
    """Turn an offset for the exact function of the coefficients into one for the values."""
    return offset + inflate((slope + point.residual_norm) * point.off_class, 8)


def _set_bound(
    factors: Factorisation, convex_set: CoefficientSet, point: _Point, support, outside, extent
) -> Bound:
    """Bound by the support function, members being as long as the extent says where it is finite."""
    theta, dtype, dimension = point.theta, point.theta.dtype, point.theta.shape[0]
    bounded = jnp.isfinite(extent)
    open_ends = support.residual + point.error
    floor, full = factors.floor(), factors.rank == dimension
    merged = ~full & (factors.largest_group > 0) & convex_set.merges
    group = jnp.sqrt(factors.largest_group.astype(dtype))
    floor = jnp.where(full, floor, jnp.where(merged, floor / jnp.where(merged, group, 1), 0))
    known = floor > 0

    free = jnp.where(bounded, 0, open_ends)
    each = free / factors.scales
    total_length = jnp.sum(jnp.abs(theta) * factors.scales)
    base = jnp.where(merged, jnp.max(each) * total_length, jnp.sum(free * jnp.abs(theta)))
    base += jnp.sum(jnp.where(bounded, open_ends * jnp.where(bounded, extent, 0), 0))
    reach = jnp.where(jnp.all(bounded), 0, rounding.norm(each))
    pairing = jnp.sum(point.moment * theta)
    error = gamma(dimension + 1, dtype) * jnp.sum(jnp.abs(point.moment * theta))
    error += jnp.sum(point.error * jnp.abs(theta)) + base
    error += jnp.where(known, 0, reach * (point.cap + factors.length(theta)))
    offset = support.value - pairing + inflate(error, 2 * dimension + 16)
    offset += 4 * rounding.unit(dtype) * (jnp.abs(support.value) + jnp.abs(pairing))
    slope = jnp.where(known, reach / jnp.where(known, floor, 1), 0) + point.mean_slope
    slope = inflate(slope, 16)
    offset = _off_class(jnp.maximum(offset, 0), slope, point)
    gap = distance_bound(offset, slope, outside, point.residual_norm)
    covers = known | jnp.all(bounded)
    return Bound(offset, slope, gap, jnp.where(covers, jnp.inf, point.cap))
