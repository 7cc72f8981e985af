r"""Regions of an audit's points, and the density of overlap, from a weak model's probabilities.

The detection is that of `w2sjax.overlap.detection`: Shin, Cooper, Sala (2025), arXiv:2412.03881. The
interval of the density takes the two thresholds as given; the one over resamples searches for them
anew on each, with the hard-only points that the scores were measured against kept.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from w2sjax.auditing.bootstrap import LEVEL, Interval, percentile_interval
from w2sjax.mixture.model import HARD, OVERLAP, REGIONS
from w2sjax.overlap.change_point import ChangePoint
from w2sjax.overlap.density import density_interval
from w2sjax.overlap.detection import detect, detect_rows
from w2sjax.overlap.diagnostics import resampled_splits, valley_test
from w2sjax.projecting.rows import Rows

RESAMPLES = 200
DETECTED = REGIONS[: OVERLAP + 1]
DOUBTFUL = 0.05  # p-value above which a change point may be none


@dataclasses.dataclass(frozen=True)
class Split:
    """One of the two splits.

    Attributes:
        found: whether there are two different scores at all.
        threshold: scores of at least this are high; None where there is no split.
        explained: the share of the scores' variance that the split explains; a normal sample has 0.64,
            a uniform one 0.75.
        one_mode_p_value: of the null that the scores' density has one mode (`valley_test`).
        threshold_interval: of the thresholds on resamples.
        resolution: scores closer than this, and apart from the others, count as equal: what the
            precision leaves open that the numbers were stored in.
        tied: whether that changed the split.
    """

    found: bool
    threshold: float | None
    explained: float
    one_mode_p_value: float | None
    threshold_interval: Interval
    resolution: float
    tied: bool


@dataclasses.dataclass(frozen=True, eq=False)
class Overlap:
    """What the points of an audit are, as a weak and the strong model see them.

    Attributes:
        n: points.
        counts: easy-only, hard-only and overlap points.
        density: the share of overlap points.
        density_interval: exact 95% interval (Clopper and Pearson), thresholds taken as given.
        resampled_density_interval: of the density on resamples, thresholds searched for anew.
        confidence, score: the split of the weak model's confidences and that of the scores.
        resamples: how many; 0 without a key.
        regions: a code for each point: 0 easy-only, 1 hard-only, 2 overlap.
        confidences, scores: of each point; scores are NaN for hard-only points.
    """

    n: int
    counts: dict[str, int]
    density: float
    density_interval: tuple[float, float]
    resampled_density_interval: Interval
    confidence: Split
    score: Split
    resamples: int
    regions: np.ndarray
    confidences: np.ndarray
    scores: np.ndarray

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what makes the detection say less than one may expect."""
        sentences = []
        for split, what, consequence in (
            (self.confidence, "weak confidences", "no point is taken for hard-only"),
            (self.score, "overlap scores", "no point is taken for overlap"),
        ):
            p_value = split.one_mode_p_value
            if split.tied:
                sentences.append(
                    f"{what} that differ by less than {split.resolution:.2g}, the rounding of the "
                    "stored numbers, count as equal"
                )
            if not split.found:
                sentences.append(f"{what} are all equal, so {consequence}")
            elif p_value is not None and p_value > DOUBTFUL:
                sentences.append(
                    f"{what} may well have one mode (p = {p_value:.2g}): their threshold then "
                    "separates nothing"
                )
        return tuple(sentences)

    def to_json(self) -> dict:
        """Return what is reported, with the points' regions and without their scores."""
        record = dataclasses.asdict(self) | {"regions": self.regions.tolist()}
        return {name: record[name] for name in record if name not in ("confidences", "scores")}


def examine(
    probabilities: np.ndarray,
    features: Any,
    *,
    key: PRNGKeyArray | None,
    resamples: int = RESAMPLES,
    progress: Callable[[str, int, int], None] | None = None,
) -> Overlap:
    """Detect the regions and say how sure they are; a key is needed for the latter.

    Features that are `Rows` are read block by block.
    """
    if isinstance(features, Rows):
        found = detect_rows(jnp.asarray(probabilities), features, progress)
    else:
        found = detect(jnp.asarray(probabilities), jnp.asarray(np.asarray(features, np.float64)))
    regions, confident = np.asarray(found.regions), found.regions != HARD
    n, reported = regions.size, int(np.sum(regions == OVERLAP))
    tell = progress or (lambda label, done, total: None)
    tell("overlap", 1, 2)
    first_key, second_key = (None, None) if key is None else jax.random.split(key)
    everywhere, scores = jnp.ones_like(confident), jnp.where(confident, found.scores, 0)
    first, shares = _split(
        found.confidence_split, found.confidence, everywhere, first_key, resamples
    )
    second, high = _split(found.score_split, scores, confident, second_key, resamples)
    tell("overlap", 2, 2)
    return Overlap(
        n=n,
        counts={name: int(np.sum(regions == code)) for code, name in enumerate(DETECTED)},
        density=reported / n,
        density_interval=density_interval(reported, n, level=LEVEL),
        # A resample's confident share, times the share of those with high scores.
        resampled_density_interval=None if key is None else percentile_interval(shares * high),
        confidence=first,
        score=second,
        resamples=0 if key is None else resamples,
        regions=regions,
        confidences=np.asarray(found.confidence),
        scores=np.asarray(found.scores),
    )


def _split(split: ChangePoint, scores, used, key, resamples: int) -> tuple[Split, np.ndarray]:
    """Test and resample a split; give it with the shares of high scores on the resamples."""
    p_value, interval, shares = None, None, np.zeros(0)
    if key is not None:
        test_key, resample_key = jax.random.split(key)
        known = {"resolution": split.resolution}
        again = resampled_splits(scores, used, key=resample_key, count=resamples, **known)
        p_value = float(valley_test(scores, used, key=test_key, **known).p_value)
        interval = percentile_interval(np.asarray(again.threshold))
        shares = np.asarray(again.high_share)
    found = bool(split.found)
    judged = Split(
        found=found,
        threshold=float(split.threshold) if found else None,
        explained=float(split.explained),
        one_mode_p_value=p_value,
        threshold_interval=interval,
        resolution=float(split.resolution),
        tied=bool(split.tied),
    )
    return judged, shares
