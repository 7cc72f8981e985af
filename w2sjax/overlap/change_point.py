r"""The best split of scores into low and high ones: a single change point under the l2 cost.

Sorted, scores $x_1 \le \dots \le x_n$ with weights $w_i \ge 0$ are cut after position k. With $W_k =
\sum_{i \le k} w_i$, $W = W_n$ and the weighted mean $\bar x$, the cut takes

$$G_k = \frac{W}{W_k (W - W_k)} \Bigl( \sum_{i \le k} w_i (x_i - \bar x) \Bigr)^2$$

off the weighted sum of squares around the mean, and no cut takes more than the one that is found.
Within a run of equal scores $G_k$ is convex in $W_k$, so that a best cut never parts equal scores.

Scores may be known up to a resolution only. Neighbours closer than that are linked; a chain of links whose
ends are closer than that, too, is a tie: one score, seen several times, which no cut parts. Longer chains
are scores that lie densely and stay as they are.

Reference. The search for one change point of the detection of Shin, Cooper, Sala (2025),
arXiv:2412.03881, which is the exact two-means clustering of the line; prefix sums make it
$O(n \log n)$.
"""

import dataclasses
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Real

from w2sjax.machine.host import at_least_single, concrete, floating

Scores = Real[Array | np.ndarray, " n"] | Sequence[float]
Weights = Scores | Bool[Array | np.ndarray, " n"] | Sequence[bool] | None


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class ChangePoint:
    r"""A split of scores, or the answer that there is none.

    Attributes:
        found: whether there is a split: not where fewer than two different scores count.
        threshold: scores of at least this are high: half way between the highest low score and the
            lowest high one. Infinite where nothing was found, so that no score is high; NaN where a
            score that counts is not finite.
        gain: $G_k$, by how much the split lowers the sum of squares; 0 where nothing was found.
        explained: the gain as a share of the sum of squares around the mean, in [0, 1].
        low_mean, high_mean: means on either side; both are that of all scores if nothing was found.
        high_share: share of the weight that is high.
        resolution: scores closer than this, and apart from the others, were not parted.
        tied: whether the best cut was not taken, because it parts such scores.
    """

    found: Bool[Array, "*batch"]
    threshold: Float[Array, "*batch"]
    gain: Float[Array, "*batch"]
    explained: Float[Array, "*batch"]
    low_mean: Float[Array, "*batch"]
    high_mean: Float[Array, "*batch"]
    high_share: Float[Array, "*batch"]
    resolution: Float[Array, "*batch"]
    tied: Bool[Array, "*batch"]


def change_point(
    scores: Scores,
    weights: Weights = None,
    *,
    resolution: Float[Array, ""] | float | None = None,
) -> ChangePoint:
    """Split scores, in any order, where it lowers the sum of squares most.

    Of splits that are equally good up to rounding any may be returned. `weights` count a score
    several times, as in a resample, or leave it out (0 or False); scores left out may be anything.

    Lists and numpy's arrays will do. `resolution` is the difference below which two scores may be one;
    without it only equal ones are.

    Raises:
        ValueError: for fewer than two scores, weights of another shape, what is no array of numbers, and
            (outside of `jax.jit`) scores that count and are not finite, negative or infinite weights, and
            a resolution that is negative or not finite.
    """
    scores, counted = counted_scores(scores, weights, "weights")
    known = None if resolution is None else concrete(resolution)
    if known is not None and not (known.shape == () and 0 <= known < np.inf):
        raise ValueError(f"resolution: expected a finite number of at least 0, got {resolution}")
    return _split(scores, counted, resolution)


def counted_scores(scores, weights, name: str) -> tuple[Array, Array]:
    """Return scores and how often they count as arrays, checked; `name` is that of the weights."""
    scores = at_least_single(floating("scores", scores))
    if scores.ndim != 1 or scores.shape[0] < 2:
        raise ValueError(f"scores: expected a vector of 2 or more, got shape {scores.shape}")
    weights = np.ones(scores.shape, bool) if weights is None else weights
    plain = np.asarray(weights) if isinstance(weights, Sequence) else weights
    counted = plain.astype(scores.dtype) if plain.dtype == bool else floating(name, plain)
    counted = jnp.asarray(counted, scores.dtype)
    if counted.shape != scores.shape:
        raise ValueError(f"{name}: expected shape {scores.shape}, got {counted.shape}")
    known, counts = concrete(scores), concrete(counted)
    if counts is not None and not np.all((counts >= 0) & np.isfinite(counts)):
        raise ValueError(f"{name}: expected finite numbers of at least 0")
    if known is not None and counts is not None:
        bad = np.flatnonzero(~np.isfinite(known) & (counts > 0))
        if bad.size:
            raise ValueError(f"scores: expected finite numbers, got {known[bad[0]]} at {bad[0]}")
    return scores, counted


@jax.jit
def _split(scores: Array, weights: Array, resolution) -> ChangePoint:
    order = jnp.argsort(jnp.where(weights > 0, scores, jnp.inf))
    return split_sorted(scores[order], weights[order], resolution)


@jax.jit
def split_sorted(
    values: Float[Array, " n"],
    weights: Float[Array, " n"],
    resolution: Float[Array, ""] | float | None = None,
) -> ChangePoint:
    """Split scores that are in ascending order where their weight is positive.

    One sort serves many weights of the same scores.
    """
    counts = weights > 0
    finite = jnp.all(jnp.isfinite(values) | ~counts) & jnp.all(jnp.isfinite(weights))
    kept = jnp.where(counts, values, 0)
    weights = jnp.where(counts, weights, 0)
    total = jnp.sum(weights)
    safe_total = jnp.where(total > 0, total, 1)
    # A first look at the mean may be off by rounding of the largest score; the second is not.
    rough = jnp.sum(weights / safe_total * kept)
    rest = jnp.where(counts, kept - rough, 0)
    correction = jnp.sum(weights / safe_total * rest)
    mean = rough + correction
    centred = jnp.where(counts, rest - correction, 0)
    scale = jnp.max(jnp.abs(centred))
    safe_scale = jnp.where(scale > 0, scale, 1)
    unit = centred / safe_scale
    below = jnp.cumsum(weights)
    above = total - below
    after = jnp.where(counts, values, jnp.inf)
    after = jnp.append(jax.lax.cummin(after, reverse=True)[1:], jnp.inf)
    possible = counts & (values < after) & (after < jnp.inf) & (above > 0)
    sums = jnp.cumsum(weights * unit)
    # What rounding left of the sum over everything belongs to both sides.
    sums -= below / safe_total * sums[-1]
    parts = jnp.where(possible, below / safe_total * above, 1)
    gains = jnp.where(possible, sums * sums / parts, -1)
    resolution = jnp.asarray(0 if resolution is None else resolution, values.dtype)
    ties = _ties(values, after, counts, resolution)
    tied = finite & jnp.any(possible) & ties[jnp.argmax(gains)]
    gains = jnp.where(ties, -1, gains)
    place = jnp.argmax(gains)
    found = finite & jnp.any(possible & ~ties)
    spread = jnp.sum(weights * unit * unit)
    gain = jnp.where(found, gains[place], 0)
    low = mean + scale * sums[place] / jnp.where(found, below[place], 1)
    high = mean - scale * sums[place] / jnp.where(found, above[place], 1)
    lower, upper = values[place], after[place]
    middle = lower / 2 + upper / 2
    threshold = jnp.where((middle > lower) & (middle <= upper), middle, upper)
    nothing = jnp.where(finite, jnp.inf, jnp.nan)
    return ChangePoint(
        found=found,
        threshold=jnp.where(found, threshold, nothing),
        gain=jnp.where(finite, gain * scale * scale, jnp.nan),
        explained=jnp.where(finite, gain / jnp.where(spread > 0, spread, 1), jnp.nan),
        low_mean=jnp.where(found, low, jnp.where(finite, mean, jnp.nan)),
        high_mean=jnp.where(found, high, jnp.where(finite, mean, jnp.nan)),
        high_share=jnp.where(found, above[place] / safe_total, 0),
        resolution=resolution,
        tied=tied,
    )


def _ties(values, after, counts, resolution):
    """Whether a score and the next one belong to a tie; `values` ascend where they count."""
    ends = counts & (after - values >= resolution)
    before = jnp.append(-jnp.inf, jax.lax.cummax(jnp.where(counts, values, -jnp.inf))[:-1])
    starts = counts & (values - before >= resolution)
    lowest = jax.lax.cummax(jnp.where(starts, values, -jnp.inf))
    highest = jax.lax.cummin(jnp.where(ends, values, jnp.inf), reverse=True)
    return ~ends & (highest - lowest < resolution)


@jax.jit
def split_at(
    scores: Float[Array, " n"], threshold: Float[Array, ""], weights: Float[Array, " n"]
) -> ChangePoint:
    """Describe the split of scores at a threshold that somebody else has chosen."""
    kept = jnp.where(weights > 0, scores, 0)
    total = jnp.sum(weights)
    safe_total = jnp.where(total > 0, total, 1)
    mean = jnp.sum(weights * kept) / safe_total
    high = (scores >= threshold).astype(kept.dtype)

    def side(mass):
        size = jnp.sum(mass)
        offset = jnp.sum(mass * (kept - mean)) / jnp.where(size > 0, size, 1)
        return size, offset

    above, high_offset = side(weights * high)
    below, low_offset = side(weights * (1 - high))
    gain = below / safe_total * above * (high_offset - low_offset) ** 2
    spread = jnp.sum(weights * (kept - mean) ** 2)
    return ChangePoint(
        found=jnp.ones((), bool),
        threshold=threshold,
        gain=gain,
        explained=jnp.clip(gain / jnp.where(spread > 0, spread, 1), 0, 1),
        low_mean=mean + low_offset,
        high_mean=mean + high_offset,
        high_share=above / safe_total,
        resolution=jnp.zeros_like(total),
        tied=jnp.zeros((), bool),
    )
