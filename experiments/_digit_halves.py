"""Handwritten digits with two patterns: the left half of an image is easy, the right half hard.

An easy-only point has its right half set to 0, a hard-only point its left half. The weak model sees left
halves alone. Two kinds of strong features: the pixels, and the activations of a random ReLU layer,
in which no coordinate belongs to either half. Sources sell batches of such points, and are chosen among
by the overlap points detected in them.
"""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments._run import Run, averages, places
from w2sjax.machine.compilation import jit_quickly
from w2sjax.mixture import logistic
from w2sjax.mixture.model import EASY, HARD, OVERLAP
from w2sjax.overlap import STRATEGIES, Detection, detect, largest_similarity, select_data
from w2sjax.overlap.bandits import AlwaysBest
from w2sjax.overlap.detection import confidence

SIDE = 8
HALF = SIDE * SIDE // 2
KINDS = ("pixels", "activations")
WIDTH = SIDE * SIDE  # as many as pixels, so that both share a program
TOLERANCE = 1e-4  # of the coefficients
SOURCES = (0.05, 0.1, 0.2, 0.4, 0.8)
BATCH = 10
BEST = AlwaysBest("best", best=int(np.argmax(SOURCES)))
REFERENCE = 0.2  # density of the pool that thresholds come from


def load(digits: tuple[int, ...] | None) -> tuple[Any, Any]:
    """Return scikit-learn's bundled images and labels: odd or even, or the second of two digits.

    The left half of an image comes first in its row. Grey values between 0 and 1 less the mean image, so
    that an empty half stands half way between the labels, as in the published simulation.
    """
    from sklearn.datasets import load_digits

    bundle: Any = load_digits()
    images, labels = bundle.images / 16.0, bundle.target
    if digits is None:
        labels = labels % 2
    else:
        chosen = np.isin(labels, digits)
        images, labels = images[chosen], (labels[chosen] == digits[1]).astype(int)
    halves = images[:, :, : SIDE // 2], images[:, :, SIDE // 2 :]
    rows = np.concatenate([half.reshape(len(images), HALF) for half in halves], axis=1)
    return jnp.asarray(rows - rows.mean(axis=0), jnp.float64), jnp.asarray(labels, jnp.int32)


def restrict(images: Any, regions: Any) -> Any:
    """Set the half that a point of a region lacks to 0."""
    easy, hard = (regions != HARD)[:, None], (regions != EASY)[:, None]
    left, right = images[:, :HALF], images[:, HALF:]
    return jnp.concatenate([jnp.where(easy, left, 0), jnp.where(hard, right, 0)], axis=1)


def activations(layer: Any, images: Any) -> Any:
    """Activations of a random ReLU layer, centred on those of the empty image."""
    weights, biases = layer
    inner = jnp.matmul(images, weights, precision=jax.lax.Precision.HIGHEST) + biases[None, :]
    return jax.nn.relu(inner) - jax.nn.relu(biases)[None, :]


def random_layer(key: Any) -> Any:
    """Draw weights of variance 2 / inputs, and biases of a tenth of their deviation."""
    weights_key, biases_key = jax.random.split(key)
    scale = (2 / SIDE**2) ** 0.5
    weights = scale * jax.random.normal(weights_key, (SIDE**2, WIDTH), jnp.float64)
    return weights, 0.1 * scale * jax.random.normal(biases_key, (WIDTH,), jnp.float64)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Lesson:
    """A weak model, and the pool of points that it labels.

    Attributes:
        images: of the pool, with one half or both.
        regions: of the pool.
        weak: the weak model, on left halves.
        chances: its probabilities of the label 1.
        detections: a row for each of `KINDS`.
        sold, test: whole images with labels, of the pool and of neither set.
    """

    images: Any
    regions: Any
    weak: Any
    chances: Any
    detections: Detection
    sold: tuple[Any, Any]
    test: tuple[Any, Any]


def fit(images: Any, targets: Any, used: Any, strength: Any) -> logistic.LogisticFit:
    """Fit a logistic regression on the points that are used; limits of the intercept made finite."""
    found = logistic.fit(
        images, targets, used.astype(images.dtype), strength=strength, tolerance=TOLERANCE
    )
    return dataclasses.replace(found, intercept=jnp.clip(found.intercept, -1e3, 1e3))


@functools.partial(jit_quickly, static_argnames="sizes")
def lesson(
    key: Any, images: Any, labels: Any, density: Any, strength: Any, *, sizes: tuple[int, int]
) -> Lesson:
    """Split the points, give two parts regions, train the weak model on one, label the other."""
    order_key, train_key, pool_key, layer_key = jax.random.split(key, 4)
    order = jax.random.permutation(order_key, labels.shape[0])
    ends = [sizes[0], sizes[0] + sizes[1]]
    train, pool, test = ((images[i], labels[i]) for i in jnp.split(order, ends))
    first = restrict(train[0], _regions(train_key, train[1], density))[:, :HALF]
    regions = _regions(pool_key, pool[1], density)
    second = restrict(pool[0], regions)
    weak = fit(first, train[1].astype(first.dtype), jnp.ones(sizes[0], bool), strength)
    chances = jax.nn.sigmoid(weak.scores(second[:, :HALF]))
    features = jnp.stack([second, activations(random_layer(layer_key), second)])
    return Lesson(
        images=second,
        regions=regions,
        weak=weak,
        chances=chances,
        detections=jax.lax.map(lambda kind: detect(chances, kind), features),
        sold=pool,
        test=test,
    )


def _regions(key, labels, density):
    """A share of overlap points as near to the density as can be; the others are halved."""
    n = labels.shape[0]
    place = jax.random.permutation(key, n).astype(density.dtype)
    overlap = jnp.round(density * n)
    kinds = jnp.where(place < overlap + jnp.floor((n - overlap) / 2), EASY, HARD)
    return jnp.where(place < overlap, OVERLAP, kinds).astype(jnp.int32)


def region_accuracies(model: logistic.LogisticFit, images: Any, labels: Any, half: bool) -> Any:
    """Accuracy on test images as easy-only, hard-only and overlap points; `half`: sees left halves."""
    answers = []
    for region in (EASY, HARD, OVERLAP):
        shown = restrict(images, jnp.full(labels.shape, region, jnp.int32))
        scores = model.scores(shown[:, :HALF] if half else shown)
        answers.append(jnp.mean(((scores > 0) == (labels == 1)).astype(images.dtype)))
    return jnp.stack(answers)


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
            buy = functools.partial(_bought, own, taught, name, run.config)
            found = run.once(f"{name} buys, repetition {repetition}", buy)
            shares[place, :, repetition] = found["shares"]
            accuracy[place, -1, repetition] = found["accuracy"]
        run.progress("sources", repetition + 1, len(lessons))
    shares /= np.arange(1, rounds + 1)[:, None]
    return [
        row | averages({"density": shares[place], "accuracy": accuracy[place]})
        for place, row in places(strategy=tuple(STRATEGIES), round=range(1, rounds + 1))
    ]


def _bought(key, taught: Lesson, name: str, config: Any) -> dict[str, Any]:
    """Let one strategy buy; sums of the shares of overlap points, and the student's accuracy."""
    bought = _buy(key, taught, name, config.rounds)
    regions = np.asarray(bought["regions"]).reshape(config.rounds, BATCH)
    return {
        "shares": np.cumsum(np.mean(regions == OVERLAP, axis=1)),
        "accuracy": _student(taught, bought, config.student_strength),
    }


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
    return {"images": restrict(images[places], regions), "regions": regions}


@jax.jit
def _detected(taught: Lesson, batch) -> Any:
    """Say which points of a batch both thresholds call overlap, in pixels."""
    found = jax.tree.map(lambda leaf: leaf[0], taught.detections)
    chances = jax.nn.sigmoid(taught.weak.scores(batch["images"][:, :HALF]))
    similar = largest_similarity(batch["images"], taught.images, found.regions == HARD)
    sure = confidence(chances) >= found.confidence_split.threshold
    return sure & (similar >= found.score_split.threshold)


@jax.jit
def _student(taught: Lesson, bought, strength) -> Any:
    """Fit a student on the detected points; its mean accuracy over the three regions."""
    scores = taught.weak.scores(bought["images"][:, :HALF])
    guesses = (scores > 0).astype(bought["images"].dtype)
    student = fit(bought["images"], guesses, _detected(taught, bought), strength)
    return jnp.mean(region_accuracies(student, *taught.test, False))
