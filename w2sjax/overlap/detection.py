r"""Which points carry an easy pattern, a hard pattern, or both, as a weak and a strong model see it.

1. The weak model knows the easy pattern only. Its confidence, the largest class probability, is low
   on hard-only points: the best split of the confidences tells them from the rest.
2. Of the rest, points that carry the hard pattern too resemble some hard-only point in the strong
   model's features: the best split of the largest similarities tells overlap from easy-only points.

The density is the share of overlap points among all. No split parts confidences, or scores, that agree to
the precision they were stored in (`w2sjax.overlap.resolution`).

Reference. Shin, Cooper, Sala (2025), overlap detection, arXiv:2412.03881. There the confidence is
$2|p - 1/2|$, which splits points of two classes in the same place.
"""

import dataclasses
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Real

from w2sjax.machine.host import at_least_single, concrete, floating
from w2sjax.mixture.model import EASY, HARD, OVERLAP
from w2sjax.overlap import resolution
from w2sjax.overlap.change_point import ChangePoint, change_point, split_at
from w2sjax.overlap.scores import (
    HARD_BLOCK,
    POINT_BLOCK,
    largest_cosine_of_rows,
    largest_similarity,
)
from w2sjax.projecting.rows import Rows

Probabilities = Real[Array | np.ndarray, "n *classes"] | Sequence
Features = Real[Array | np.ndarray, "n d"] | Sequence
SUM_TOLERANCE = 0.01  # of a point's probabilities, which may come from half precision


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Detection:
    """Regions of points, and how they were found.

    Attributes:
        regions: 0 easy-only, 1 hard-only, 2 overlap (`w2sjax.mixture.model.REGIONS`).
        confidence: the weak model's.
        scores: the largest similarity with a hard-only point; NaN for hard-only points themselves.
        confidence_split: hard-only points are those below its threshold. A threshold that was given has
            it too, with the gain of that split.
        score_split: overlap points are the others that reach its threshold.
    """

    regions: Int[Array, "*batch n"]
    confidence: Float[Array, "*batch n"]
    scores: Float[Array, "*batch n"]
    confidence_split: ChangePoint
    score_split: ChangePoint

    @property
    def shares(self) -> Float[Array, "*batch 3"]:
        """Shares of easy-only, hard-only and overlap points."""
        members = jnp.stack([self.regions == kind for kind in (EASY, HARD, OVERLAP)], axis=-1)
        return jnp.mean(members.astype(self.scores.dtype), axis=-2)

    @property
    def density(self) -> Float[Array, "*batch"]:
        """The share of overlap points; NaN where a score or a confidence was not a number."""
        unknown = jnp.isnan(self.confidence_split.threshold) | jnp.isnan(self.score_split.threshold)
        return jnp.where(unknown, jnp.nan, self.shares[..., OVERLAP])


def confidence(probabilities: Probabilities) -> Float[Array, " n"]:
    """Give the largest class probability: of a vector of probabilities p, max(p, 1 - p).

    Raises:
        ValueError: for shapes that are neither (n,) nor (n, c) with c at least 2, and outside of
            `jax.jit` for numbers outside [0, 1], and rows that do not add up to 1 within 0.01.
    """
    probabilities = floating("probabilities", probabilities)
    shape = probabilities.shape
    if len(shape) not in (1, 2) or 0 in shape or (len(shape) == 2 and shape[1] < 2):
        raise ValueError(f"probabilities: expected shape (n,) or (n, c), c >= 2, got {shape}")
    known = concrete(probabilities)
    if known is not None:
        bad = np.argwhere(~((known >= 0) & (known <= 1)))
        if bad.size:
            place = tuple(bad[0].tolist())
            raise ValueError(
                f"probabilities: expected numbers in [0, 1], got {known[place]} at {place}"
            )
        if known.ndim == 2:
            sums = known.astype(np.float64).sum(axis=1)
            row = int(np.argmax(np.abs(sums - 1)))
            if abs(sums[row] - 1) > SUM_TOLERANCE:
                raise ValueError(
                    f"probabilities: expected rows that add up to 1, got {sums[row]:.6g} in row {row}"
                )
    probabilities = at_least_single(probabilities)
    if len(shape) == 1:
        return jnp.maximum(probabilities, 1 - probabilities)
    return jnp.max(probabilities, axis=1)


def detect(
    probabilities: Probabilities,
    features: Features,
    *,
    measure: str = "cosine",
    confidence_threshold: Float[Array, ""] | float | None = None,
    score_threshold: Float[Array, ""] | float | None = None,
    point_block: int = POINT_BLOCK,
    hard_block: int = HARD_BLOCK,
) -> Detection:
    """Detect the regions of points; works under `jax.jit` and `jax.vmap`.

    Where all confidences are equal no point is hard-only; then, and where all scores are equal, no
    point is overlap. Equal means up to the precision that the numbers were stored in, which is seen from
    the values outside of `jax.jit` only: inside, hand over arrays of that precision.

    Args:
        probabilities: the weak model's, of one of two classes (n,) or of all classes (n, c). Lists and
            numpy's arrays will do, here and for features.
        features: the strong model's.
        measure: "cosine" or "inner", see `largest_similarity`.
        confidence_threshold, score_threshold: instead of the splits that are searched for: points of
            at least this count as confident, and as overlap.
        point_block, hard_block: sizes of the blocks, which bound the memory.

    Raises:
        ValueError: for shapes that do not fit, fewer than two points, what is no array of numbers, and
            outside of `jax.jit` for what `confidence` and `largest_similarity` refuse.
    """
    probabilities = floating("probabilities", probabilities)
    sure = confidence(probabilities)
    features = at_least_single(floating("features", features))
    if features.ndim != 2 or features.shape[0] != sure.shape[0]:
        raise ValueError(f"features: expected shape ({sure.shape[0]}, d), got {features.shape}")
    if sure.shape[0] < 2:
        raise ValueError(f"probabilities: expected those of 2 points or more, got {sure.shape[0]}")
    first, hard = _hard_points(probabilities, sure, confidence_threshold)
    similar = largest_similarity(
        features, features, hard, measure=measure, point_block=point_block, hard_block=hard_block
    )
    known = resolution.of_scores(features)
    if measure == "inner":
        known = known * jnp.max(jnp.abs(jnp.where(hard, 0, similar)))
    return _overlap_points(sure, first, hard, similar, known, score_threshold)


def detect_rows(
    probabilities: Probabilities,
    points: Rows,
    progress: Callable[[str, int, int], None] | None = None,
) -> Detection:
    """Detect the regions of points whose features are in a file, of which one cosine a point is kept.

    As `detect` does, with scores in doubles that are the same up to rounding; not under `jax.jit`.
    """
    probabilities = floating("probabilities", probabilities)
    sure = confidence(probabilities)
    first, hard = _hard_points(probabilities, sure, None)
    similar = jnp.asarray(largest_cosine_of_rows(points, np.asarray(hard), progress))
    return _overlap_points(sure, first, hard, similar, resolution.of_scores(points), None)


def _hard_points(probabilities, sure, threshold) -> tuple[ChangePoint, Array]:
    known = resolution.of_confidences(probabilities)
    first = _split(sure, jnp.ones_like(sure), known, threshold, "confidence_threshold")
    # Without a split every point is confident.
    return first, jnp.where(first.found, sure < first.threshold, False)


def _overlap_points(sure, first, hard, similar, known, threshold) -> Detection:
    confident = (~hard).astype(similar.dtype)
    second = _split(similar, confident, known, threshold, "score_threshold")
    overlap = ~hard & jnp.any(hard) & (similar >= second.threshold)
    regions = jnp.where(hard, HARD, jnp.where(overlap, OVERLAP, EASY)).astype(jnp.int32)
    return Detection(regions, sure, jnp.where(hard, jnp.nan, similar), first, second)


def _split(scores, weights, known: Array | float, threshold, name: str) -> ChangePoint:
    """Search for a split of scores that are known up to some resolution, or describe the given one."""
    if threshold is None:
        return change_point(scores, weights, resolution=known)
    value = concrete(threshold)
    if value is not None and (value.shape != () or not np.isfinite(value)):
        raise ValueError(f"{name}: expected a finite number, got {threshold}")
    return split_at(scores, jnp.asarray(threshold, scores.dtype), weights)
