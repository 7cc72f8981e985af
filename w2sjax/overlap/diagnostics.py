r"""Whether scores have a change point at all, and how stable the one that was found is.

*Is there one?* The best split of sorted scores always explains much: two thirds of the variance of a
normal sample ($2/\pi$), three quarters of a uniform one, more where a density has a sharp peak. So
neither the gain nor a shuffling of the scores says anything, and the null is that the density has one
mode. Half of the points, chosen at random, find the split and its two means; the other half is counted
in three intervals of equal width, between the means (B), and around the lower (A) and the higher (C),

$$A = [m - \tfrac32 w, m - \tfrac12 w), \quad B = [m - \tfrac12 w, m + \tfrac12 w), \quad
C = [m + \tfrac12 w, m + \tfrac32 w), \qquad m = \tfrac12(m_1 + m_2), \; w = \tfrac12 (m_2 - m_1).$$

A density with one mode, wherever that is, has $P(B) \ge \min(P(A), P(C))$. Given how many points fall into A
and B, those in B are binomial with probability at least 1/2 if $P(B) \ge P(A)$, so that the larger of the
two binomial tail probabilities is an exact p-value, for every n and every density with one mode.

*Is it stable?* The split is searched for again on resamples of the points. One sort serves all: a
resample is a weight for each point.

Reference. Derived: an intersection-union test (Berger 1982) on a split sample.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jax.scipy.special import betainc
from jaxtyping import Array, Float, PRNGKeyArray

from w2sjax.overlap.change_point import (
    ChangePoint,
    Scores,
    Weights,
    change_point,
    counted_scores,
    split_sorted,
)

RESAMPLES_TOGETHER = 16
NUMBERS_TOGETHER = 2**22  # scores of resamples: 32 MB


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Valley:
    """How empty the middle between the two sides of a split is.

    Attributes:
        low, middle, high: points of the second half in A, B and C.
        p_value: of the null that the density has one mode; 1 where there is no split.
    """

    low: Float[Array, "*batch"]
    middle: Float[Array, "*batch"]
    high: Float[Array, "*batch"]
    p_value: Float[Array, "*batch"]


def valley_test(
    scores: Scores,
    used: Weights = None,
    *,
    key: PRNGKeyArray,
    resolution: Float[Array, ""] | float | None = None,
) -> Valley:
    """Test whether the scores that are used come from a density with more than one mode.

    Args:
        scores: lists and numpy's arrays will do.
        used: True, or 1, for those that are used; all by default.
        key: decides the halves.
        resolution: as for `change_point`.

    Raises:
        ValueError: for fewer than two scores, and what `change_point` refuses.
    """
    scores, counted = counted_scores(scores, used, "used")
    return _valley(key, scores, counted > 0, resolution)


@jax.jit
def _valley(key, scores, counted, resolution) -> Valley:
    first_half = jax.random.bernoulli(key, 0.5, scores.shape)
    used = counted & first_half
    split = change_point(jnp.where(counted, scores, 0), used, resolution=resolution)
    middle = split.low_mean / 2 + split.high_mean / 2
    width = (split.high_mean - split.low_mean) / 2
    place = (scores - middle) / jnp.where(width > 0, width, 1)
    rest = counted & ~first_half & split.found

    def count(start: float):
        inside = rest & (place >= start) & (place < start + 1)
        return jnp.sum(inside.astype(scores.dtype))

    low, between, high = count(-1.5), count(-0.5), count(0.5)
    p_value = jnp.maximum(_at_most(between, low + between), _at_most(between, high + between))
    return Valley(low, between, high, p_value)


def resampled_splits(
    scores: Scores,
    used: Weights = None,
    *,
    key: PRNGKeyArray,
    count: int,
    resolution: Float[Array, ""] | float | None = None,
) -> ChangePoint:
    """Search for the split on resamples, with replacement, of the scores that are used.

    Resample i depends on the key and i alone. Scores are taken as given: the hard-only points that they
    were measured against are not drawn anew. Arguments are those of `valley_test`, and the number of
    resamples.

    Raises:
        ValueError: for fewer than two scores, fewer than one resample, and what `change_point` refuses.
    """
    if count < 1:
        raise ValueError(f"count: expected at least 1 resample, got {count}")
    scores, counted = counted_scores(scores, used, "used")
    return _resampled(key, scores, counted > 0, resolution, count)


@functools.partial(jax.jit, static_argnames="count")
def _resampled(key, scores, counted, resolution, count) -> ChangePoint:
    n = scores.shape[0]
    order = jnp.argsort(jnp.where(counted, scores, jnp.inf))
    values = scores[order]
    size = jnp.sum(counted, dtype=jnp.int32)
    inside = jnp.arange(n, dtype=jnp.int32) < size

    def resample(index):
        # Scores that do not count come last; as many draws as scores that do.
        drawn = jax.random.randint(jax.random.fold_in(key, index), (n,), 0, jnp.maximum(size, 1))
        weights = jnp.zeros(n, values.dtype).at[drawn].add(inside.astype(values.dtype))
        return split_sorted(values, weights, resolution)

    indices = jnp.arange(count, dtype=jnp.int32)
    together = min(RESAMPLES_TOGETHER, count, max(1, NUMBERS_TOGETHER // n))
    return jax.lax.map(resample, indices, batch_size=together)


def _at_most(successes: Float[Array, ""], trials: Float[Array, ""]) -> Float[Array, ""]:
    """Probability that a fair coin has at most so many successes."""
    failures = trials - successes
    certain = failures <= 0
    tail = betainc(jnp.where(certain, 1, failures), successes + 1, jnp.full_like(trials, 0.5))
    return jnp.where(certain, 1, tail)
