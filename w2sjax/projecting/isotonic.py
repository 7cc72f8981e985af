r"""Isotonic regression: the nondecreasing sequence nearest to given values in weighted least squares.

$$\hat v_i = \max_{a \le i} \min_{b \ge i} \frac{\sum_{j=a}^b w_j v_j}{\sum_{j=a}^b w_j}$$

(Robertson, Wright, Dykstra, Order Restricted Statistical Inference, 1988, theorem 1.4.4). It is constant
on blocks, where it is the weighted mean.

On the host SciPy pools violators one by one. In a compiled program, where a step at a time is slow, every
run of `CHUNK` points is fitted by pooling all its violators at once, round after round, which any order of
pooling allows (Best and Chakravarti, 1990); then neighbouring fits of one length are joined, pair by pair.
Two nondecreasing sequences join by one block: what lies above a number m on the left and below it on the
right, m its mean. It is found by bisection, so that the work is of the order n (CHUNK + log² n).
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.machine.host import concrete

CHUNK = 256  # at most so many rounds; few programs are for more points and pay for the joining


def isotonic(values: Float[Array, " n"], weights: Float[Array, " n"]) -> Float[Array, " n"]:
    """Nondecreasing sequence nearest to `values`; differentiable, as the blocks' weighted means.

    Points without weight take part with their plain mean, and move none of the others: they are brought
    within a million times the largest of those.

    Raises:
        ValueError: for shapes that are not those of two vectors of one length, not empty.
    """
    if values.shape != weights.shape or values.ndim != 1 or values.size == 0:
        raise ValueError(
            f"values, weights: expected two vectors of one length, got {values.shape} and "
            f"{weights.shape}"
        )
    counted = weights > 0
    # Their weights, below, times this are far below the rounding of every sum.
    most = 2.0**20 * jnp.max(jnp.where(counted, jnp.abs(values), 0))
    within = jnp.clip(jnp.nan_to_num(values), -most, most)
    values = jnp.where(counted | ~jnp.any(counted), values, within)
    # A weight below the rounding of the rest orders the points without moving any mean.
    floor = jnp.finfo(values.dtype).tiny * 2.0**64
    weights = jnp.maximum(weights, jnp.where(jnp.max(weights) > 0, jnp.max(weights), 1) * floor)
    known, masses = concrete(values), concrete(weights)
    if known is not None and masses is not None:
        from scipy.optimize import isotonic_regression

        return jnp.asarray(isotonic_regression(known, weights=masses).x, values.dtype)
    fitted = _fit(*jax.lax.stop_gradient((values, weights)))
    first = jnp.append(jnp.ones(1, bool), fitted[1:] > fitted[:-1])
    return jax.lax.cummax(_means(values, weights, first))


def _means(values, weights, first):
    """Replace values by the weighted means of the blocks that begin at `first`."""
    size = values.shape[0]
    block = jnp.cumsum(first.astype(jnp.int32)) - 1
    parts = jnp.stack([weights * values, weights], axis=1)
    sums = jax.ops.segment_sum(parts, block, num_segments=size)
    return (sums[:, 0] / jnp.where(sums[:, 1] > 0, sums[:, 1], 1))[block]


def _fit(values, weights):
    """Fit chunks, then join pairs of them until one is left."""
    size, length = values.shape[0], min(CHUNK, values.shape[0])
    whole = length
    while whole < size:
        whole *= 2
    # What is added is at least as large as everything else, and joins no block.
    added = jnp.full(whole - size, jnp.max(values))
    values = jnp.append(values, added)
    weights = jnp.append(weights, jnp.ones_like(added))
    values = _pool(values, weights, length)
    while length < whole:
        halves = (whole // (2 * length), 2, length)
        values = _join(values.reshape(halves), weights.reshape(halves)).reshape(whole)
        length *= 2
    return values[:size]


def _pool(values, weights, length):
    """Fit every run of `length` points: merge runs of violating blocks until there is none."""
    begins = jnp.arange(values.shape[0], dtype=jnp.int32) % length == 0

    def parted(first, fitted):
        return first & (begins | jnp.append(True, fitted[1:] > fitted[:-1]))

    def violating(state):
        first, fitted = state
        return jnp.any(first & ~parted(first, fitted))

    def pool(state):
        first = parted(*state)
        return first, _means(values, weights, first)

    return jax.lax.while_loop(violating, pool, (jnp.ones(values.shape, bool), values))[1]


def _join(values, weights):
    r"""Make one fit of each pair of fits; `values` and `weights` are (pairs, 2, length).

    With the left values a and the right ones b, $\sum w (a - m)^+ - \sum w (m - b)^+$ falls in m, and is 0
    at the mean of the block. Both sums have no cancellation.
    """
    pairs, _, length = values.shape
    left, right = values[:, 0], values[:, 1]

    def excess(side, place):
        m = jnp.take_along_axis(side, place[:, None], axis=1, mode="clip")
        above = jnp.sum(weights[:, 0] * jnp.maximum(left - m, 0), axis=1)
        return above - jnp.sum(weights[:, 1] * jnp.maximum(m - right, 0), axis=1)

    def halve(_, state):
        (low, high), (begin, end) = state
        middle, centre = (low + high) // 2, (begin + end) // 2
        inside = excess(left, middle) < 0
        beyond = excess(right, centre) <= 0
        return (
            (jnp.where(inside, low, middle + 1), jnp.where(inside, middle, high)),
            (jnp.where(beyond, begin, centre + 1), jnp.where(beyond, centre, end)),
        )

    # The first left place in the block, and the first right one after it; `length` or more if there is none.
    zero = jnp.zeros(pairs, jnp.int32)
    bounds = ((zero, zero + length), (zero, zero + length))
    (low, _), (begin, _) = jax.lax.fori_loop(0, length.bit_length(), halve, bounds)
    place = jnp.arange(length, dtype=jnp.int32)[None, :]
    inside = jnp.stack([place >= low[:, None], place < begin[:, None]], axis=1)
    mass = jnp.where(inside, weights, 0)
    total = jnp.sum(mass, axis=(1, 2))
    mean = jnp.sum(mass * values, axis=(1, 2)) / jnp.where(total > 0, total, 1)
    # Rounding is not to disturb the order.
    mean = jnp.maximum(mean, jnp.max(jnp.where(inside[:, 0], -jnp.inf, left), axis=1))
    mean = jnp.minimum(mean, jnp.min(jnp.where(inside[:, 1], jnp.inf, right), axis=1))
    return jnp.where(inside, mean[:, None, None], values)
