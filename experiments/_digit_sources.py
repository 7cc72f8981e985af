"""Sources that sell batches of digits, chosen among by the overlap points detected in them."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments import _digit_halves as halves
from experiments._digit_halves import Lesson
from experiments._run import Run, averages, places
from w2sjax.mixture.model import EASY, HARD, OVERLAP
from w2sjax.overlap import STRATEGIES, largest_similarity, select_data
from w2sjax.overlap.bandits import AlwaysBest
from w2sjax.overlap.detection import confidence

SOURCES = (0.05, 0.1, 0.2, 0.4, 0.8)
BATCH = 10
BEST = AlwaysBest("best", best=int(np.argmax(SOURCES)))
REFERENCE = 0.2  # density of the pool that thresholds come from


def purchases(lessons: Sequence[Lesson], key: Any, run: Run) -> list[dict[str, Any]]:
    """Let every strategy buy; mean share of overlap points after each round, final accuracy.

    A repetition sells the images of a lesson's pool; its detections set the thresholds.
    """
    rounds = run.config.rounds
    shares = np.zeros((len(STRATEGIES), rounds, len(lessons)))
    accuracy = np.full_like(shares, np.nan)  # of students fitted on all that was bought
    for repetition, taught in enumerate(lessons):
        own = jax.random.fold_in(key, repetition)
        for place, name in enumerate(STRATEGIES):
            bought = _buy(own, taught, name, rounds)
            regions = np.asarray(bought["regions"]).reshape(rounds, BATCH)
            shares[place, :, repetition] = np.cumsum(np.mean(regions == OVERLAP, axis=1))
            accuracy[place, -1, repetition] = _student(taught, bought, run.config.student_strength)
        run.progress("sources", repetition + 1, len(lessons))
    shares /= np.arange(1, rounds + 1)[:, None]
    return [
        row | averages({"density": shares[place], "accuracy": accuracy[place]})
        for place, row in places(strategy=tuple(STRATEGIES), round=range(1, rounds + 1))
    ]


def _buy(key, taught: Lesson, name: str, rounds: int) -> dict[str, Any]:
    """Let one strategy buy, and put its batches together."""
    record = select_data(
        [lambda own, density=density: _batch(own, taught.sold[0], density) for density in SOURCES],
        rounds,
        lambda batch: _detected(taught, batch),
        BEST if name == BEST.name else name,
        key,
    )
    return jax.tree.map(lambda *parts: jnp.concatenate(parts), *record.batches)


@jax.jit
def _batch(key, images, density) -> dict[str, Any]:
    """Sell images of a source; which halves they have is drawn anew."""
    place_key, region_key = jax.random.split(key)
    places = jax.random.randint(place_key, (BATCH,), 0, images.shape[0])
    uniform = jax.random.uniform(region_key, (BATCH,), images.dtype)
    rest = jnp.where(uniform < (1 + density) / 2, EASY, HARD)
    regions = jnp.where(uniform < density, OVERLAP, rest).astype(jnp.int32)
    return {"images": halves.restrict(images[places], regions), "regions": regions}


@jax.jit
def _detected(taught: Lesson, batch) -> Any:
    """Say which points of a batch both thresholds call overlap, in pixels."""
    found = jax.tree.map(lambda leaf: leaf[0], taught.detections)
    chances = jax.nn.sigmoid(taught.weak.scores(batch["images"][:, : halves.HALF]))
    similar = largest_similarity(batch["images"], taught.images, found.regions == HARD)
    sure = confidence(chances) >= found.confidence_split.threshold
    return sure & (similar >= found.score_split.threshold)


@jax.jit
def _student(taught: Lesson, bought, strength) -> Any:
    """Fit a student on the detected points; its mean accuracy over the three regions."""
    scores = taught.weak.scores(bought["images"][:, : halves.HALF])
    guesses = (scores > 0).astype(bought["images"].dtype)
    student = halves.fit(bought["images"], guesses, _detected(taught, bought), strength)
    return jnp.mean(halves.region_accuracies(student, *taught.test, False))
