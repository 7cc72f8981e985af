r"""Weak model, oracle and student at many make-ups of the data, one training after another.

The weak model is a logistic regression on the easy coordinates of a training set with true labels, the
oracle one on all coordinates of it. The student is fitted on all coordinates of a second set, labelled by
the weak model: on its overlap points, or on all of it.

The make-ups of one run are subsets of the same points, so that they differ by the points that were added
alone, and each fit starts from the one before it.

Reference. Shin, Cooper, Sala (2025), synthetic experiment, arXiv:2412.03881.
"""

import dataclasses
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from w2sjax.mixture import logistic
from w2sjax.mixture.accuracy import overall, region_accuracies, simulated_accuracies
from w2sjax.mixture.logistic import LogisticFit
from w2sjax.mixture.model import OVERLAP, REGIONS, OverlapMixture, Sample, sample

MODELS = ("weak", "oracle", "student")


@dataclasses.dataclass(frozen=True)
class Protocol:
    """How the models are trained; the published choices by default.

    Attributes:
        weak_strength, oracle_strength, student_strength: scikit-learn's `C`.
        points: whether the student sees the overlap points or all of them.
        labels: whether the weak model's labels are 0 and 1 or its probabilities.
        tolerance: proved distance of the fits' coefficients to the optimum.
    """

    weak_strength: float = 1.0
    oracle_strength: float = 1.0
    student_strength: float = 0.01
    points: Literal["overlap", "all"] = "overlap"
    labels: Literal["hard", "soft"] = "hard"
    tolerance: float = 1e-7

    def __post_init__(self):
        for name, known in (("points", ("overlap", "all")), ("labels", ("hard", "soft"))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: expected one of {known}, got {getattr(self, name)!r}")


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Design:
    """Make-ups of a data set as subsets of one set of points, ordered by region.

    Attributes:
        regions: of all points.
        used: which points belong to a make-up, a row each.
        counts: points of each make-up in each region.
        overlap: first and last of the overlap points.
    """

    regions: Int[Array, " n"]
    used: Bool[Array, "k n"]
    counts: Int[Array, "k 4"]
    overlap: tuple[int, int] = dataclasses.field(metadata={"static": True})


def design(counts: Int[Array | np.ndarray, "k 4"]) -> Design:
    """Lay out make-ups with the given numbers of points in each of `REGIONS`.

    To be called outside of `jax.jit`.

    Raises:
        ValueError: for another shape, negative numbers, or a make-up without any point.
    """
    known = np.asarray(counts)
    if known.ndim != 2 or known.shape[0] == 0 or known.shape[1] != len(REGIONS):
        raise ValueError(f"counts: expected shape (k, 4) with k at least 1, got {known.shape}")
    if np.any(known < 0) or np.any(known.sum(axis=1) == 0):
        raise ValueError(f"counts: expected at least 0, and a point a row, got {known.tolist()}")
    largest = known.max(axis=0)
    regions = np.repeat(np.arange(len(REGIONS)), largest)
    rank = np.concatenate([np.arange(size) for size in largest])
    ends = np.cumsum(largest)
    return Design(
        regions=jnp.asarray(regions, jnp.int32),
        used=jnp.asarray(rank[None, :] < known[:, regions]),
        counts=jnp.asarray(known, jnp.int32),
        overlap=(int(ends[OVERLAP] - largest[OVERLAP]), int(ends[OVERLAP])),
    )


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Models:
    """Fits of the three models; the weak one has no coefficients for the hard coordinates."""

    weak: LogisticFit
    oracle: LogisticFit
    student: LogisticFit


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Curve:
    """Accuracies along a design, by model, over all points and in each of `REGIONS`.

    Attributes:
        models: the fits.
        exact: population accuracy, each make-up's regions weighted by their counts.
        simulated: accuracy on a test set of the same make-up; NaN in empty regions.
    """

    models: Models
    exact: Float[Array, "*batch k 3 5"]
    simulated: Float[Array, "*batch k 3 5"]


def train(
    first: Sample, second: Sample, plan: Design, easy: int, protocol: Protocol = Protocol()
) -> Models:
    """Fit the models at every make-up; `easy` is the number of easy coordinates."""
    dtype = first.features.dtype
    low, high = plan.overlap if protocol.points == "overlap" else (0, plan.regions.shape[0])
    if low == high:
        raise ValueError("plan: expected overlap points for the student, got none")
    labels = first.labels.astype(dtype)
    features = second.features[low:high]

    def step(starts, used):
        weight = used.astype(dtype)

        def fitted(points, targets, weights, strength, start):
            given = {"strength": strength, "start": start, "tolerance": protocol.tolerance}
            return logistic.fit(points, targets, weights, **given)

        weak_start, oracle_start, student_start = starts
        weak = fitted(first.features[:, :easy], labels, weight, protocol.weak_strength, weak_start)
        oracle = fitted(first.features, labels, weight, protocol.oracle_strength, oracle_start)
        scores = weak.scores(features[:, :easy])
        guesses = (
            (scores > 0).astype(dtype) if protocol.labels == "hard" else jax.nn.sigmoid(scores)
        )
        student = fitted(
            features, guesses, weight[low:high], protocol.student_strength, student_start
        )
        found = Models(weak, oracle, student)
        return tuple(_point(fit, fit.coefficients.size) for fit in (weak, oracle, student)), found

    zeros = jnp.zeros(first.features.shape[1] + 1, dtype)
    return jax.lax.scan(step, (zeros[: easy + 1], zeros, zeros), plan.used)[1]


def gain_curve(
    key: PRNGKeyArray, mixture: OverlapMixture, plan: Design, protocol: Protocol = Protocol()
) -> Curve:
    """Draw training, pseudo-labelled and test points, train at every make-up, and judge."""
    keys = jax.random.split(key, 3)
    drawn = jax.vmap(lambda own: sample(own, mixture, plan.regions))(keys)
    first, second, test = (jax.tree.map(lambda leaf, i=i: leaf[i], drawn) for i in range(3))
    easy, hard = mixture.dimensions
    models = train(first, second, plan, easy, protocol)
    fits = (models.weak, models.oracle, models.student)
    points = [jax.vmap(lambda fit: _point(fit, easy + hard))(fit) for fit in fits]

    def judge(point, counts, used):
        regions = region_accuracies(mixture, point[:-1], point[-1])
        whole = overall(regions, counts.astype(regions.dtype))
        exact = jnp.concatenate([whole[None], regions])
        return exact, simulated_accuracies(test, used, point[:-1], point[-1])

    each_model = jax.vmap(judge, in_axes=(0, None, None))
    exact, simulated = jax.vmap(each_model)(jnp.stack(points, axis=1), plan.counts, plan.used)
    return Curve(models, exact, simulated)


def _point(fit: LogisticFit, size: int) -> Float[Array, " columns"]:
    """Coefficients for so many coordinates, and the intercept."""
    missing = size - fit.coefficients.shape[0]
    return jnp.append(jnp.pad(fit.coefficients, (0, missing)), fit.intercept)
