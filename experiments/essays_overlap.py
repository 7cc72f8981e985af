"""Overlap density on real text: detection, gain against density, choosing sources (Shin et al. 2025).

The label of an essay is whether its score is above or below the median; those at it are left out. The
others are parted several times into thirds. A logistic regression on hashed words learns the labels of
the first and labels the second, in which overlap points are detected by its confidence and a text
encoder's centred embeddings. Students, logistic regressions on the embeddings, learn the weak labels of
points of which a chosen share are overlap points, as many points at every density; accuracies are those
on the last third.

As which texts carry which pattern is not known, the detector's word is tested: `confident` mixes in the
same way, with as many points drawn from all whose weak label is confident in place of overlap points.

Run `python -m experiments essays_overlap --data FILE [--embeddings FILE.npy] [--preset quick|full]
[--rubric NAME] [--cells N] [--student_strength C]`.
"""

import argparse
import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments import _essays as corpus
from experiments._digit_halves import BATCH, BEST, SOURCES, fit
from experiments._molecules import standardise
from experiments._run import Run, Table, at_least, experiment, grouped, moments, places, table_of
from experiments._weak_texts import hashed_words
from experiments.essays import OPTIONS, read, thirds
from w2sjax.machine.compilation import jit_quickly
from w2sjax.machine.records import fingerprint
from w2sjax.mixture.model import EASY, HARD, OVERLAP, REGIONS
from w2sjax.overlap import STRATEGIES, detect, select_data

LEAST = 20  # essays of each label
MIXTURES = ("overlap", "confident")
QUANTITIES = ("share", "weak accuracy", "weak label 1")
MODELS = ("weak", "student of all", "ceiling")
CELL = "{mean:.3f} ± {stderr:.3f}"


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes and penalties.

    Attributes:
        splits: how often the essays are parted into thirds.
        cells: that words are hashed into.
        densities: shares of overlap points that students learn from.
        draws: of such points a density, in each split.
        rounds: batches bought from sources.
        strength, student_strength: scikit-learn's C of the weak model and of all others, by
            cross-validation: of the true labels of the first third and the weak ones of the second.
    """

    splits: int = 10
    cells: int = 64
    densities: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    draws: int = 5
    rounds: int = 40
    strength: float = 0.01
    student_strength: float = 0.01


PRESETS = {
    "full": Config(),
    "quick": Config(splits=3, densities=(0.0, 0.25, 0.5, 0.75, 1.0), draws=2, rounds=20),
}


@dataclasses.dataclass(frozen=True)
class Lesson:
    """A split: what students see and are told of the second third, and what judges them.

    Attributes:
        features, guesses, truth: of the pool, with the weak model's labels and the true ones.
        regions: of the pool, as detected.
        test: features, labels, and the weak model's labels of the last third.
    """

    features: Any
    guesses: Any
    truth: Any
    regions: np.ndarray
    test: tuple[Any, Any, Any]


def _positive(text: str) -> float:
    if not 0 < float(text) < np.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
    return float(text)


@experiment(
    PRESETS,
    expected=(ValueError, OSError, ImportError),
    **OPTIONS,
    cells={"type": at_least(2), "help": "that the weak model's words are hashed into"},
    student_strength={"type": _positive, "help": "the students' C"},
    rubric={"choices": corpus.SCORES, "default": "Overall"},
)
def main(run: Run) -> tuple[Table, ...]:
    """Study every split; write data, draw, print the tables."""
    config, rubric = run.config, run.given.rubric
    essays, strong = read(run, (rubric,))
    scores = essays.scores[rubric] - np.median(essays.scores[rubric])
    chosen = np.flatnonzero(scores)
    labels, strong = (scores[chosen] > 0).astype(float), strong[chosen]
    words = hashed_words([essays.texts[place] for place in chosen], config.cells)
    if min(len(chosen) - labels.sum(), labels.sum()) < LEAST:
        raise ValueError(
            f"{run.given.data}: expected {LEAST} scores in column {rubric!r} on either side of the "
            f"median, got {labels.sum():.0f} above and {np.sum(1 - labels):.0f} below"
        )
    found, digest = [], fingerprint(strong)
    for split in range(config.splits):

        def studied(seed=(run.given.seed, split)):
            taught = lesson(words, strong, labels, thirds(len(labels), *seed), config)
            return study(taught, np.random.default_rng([*seed, 2]), run, seed[1])

        found.append(run.once(f"split {split} with embeddings {digest}", studied))
        run.progress("splits", split + 1, config.splits)
    stacked = {name: np.stack([part[name] for part in found]) for name in found[0]}
    tables = {name: _rows(stacked[name], axes) for name, axes in _axes(config).items()}
    run.write(**tables)
    run.facts |= {"rubric": rubric, "essays": len(labels), "share of label 1": labels.mean()}
    return _tables(tables)


def lesson(words, strong, labels, parts, config: Config) -> Lesson:
    """Train the weak model on the first part, label the second and detect its regions.

    Raises:
        ValueError: if no point, or every point, is detected as overlap.
    """
    trained, pool, test = parts
    seen = jnp.asarray(standardise(words, trained, 5.0))
    ones = jnp.ones(len(trained), bool)
    weak = fit(seen[trained], jnp.asarray(labels[trained]), ones, jnp.asarray(config.strength))
    scores = weak.scores(seen)
    guesses = (scores > 0).astype(seen.dtype)
    features = jnp.asarray(standardise(strong, pool, np.inf))
    centred = strong[pool] - strong[pool].mean(axis=0)
    regions = np.asarray(detect(jax.nn.sigmoid(scores[pool]), centred).regions)
    if (regions == OVERLAP).all() or not (regions == OVERLAP).any():
        raise ValueError(
            f"of {len(pool)} texts {np.sum(regions == OVERLAP)} were detected as overlap points, so "
            "no density can be mixed; give more essays or another --rubric"
        )
    truth = jnp.asarray(labels)
    judged = features[test], truth[test], guesses[test]
    return Lesson(features[pool], guesses[pool], truth[pool], regions, judged)


def study(taught: Lesson, generator, run: Run, split: int) -> dict[str, np.ndarray]:
    """Measure regions, students of mixed densities, and students of what strategies buy."""
    config, regions = run.config, taught.regions
    everything = np.ones(len(regions))
    mixed = _mixtures(regions, config, generator)
    with run.timed("sources"):
        bought, shares = _purchases(regions, config, jax.random.fold_in(run.key, split))
    masses = np.concatenate([everything[None], mixed.reshape(-1, len(regions)), bought])
    with run.timed("students"):
        accuracy = np.asarray(_accuracies(taught, masses, config.student_strength))
        ceiling = _accuracies(
            dataclasses.replace(taught, guesses=taught.truth),
            everything[None],
            config.student_strength,
        )
    weak = np.mean(np.asarray(taught.test[1] == taught.test[2]))
    middle = accuracy[1 : 1 + mixed.shape[0] * mixed.shape[1] * mixed.shape[2]]
    return {
        "models": np.array([weak, accuracy[0], ceiling[0]]),
        "regions": _regions(taught),
        "data": middle.reshape(mixed.shape[:3]).mean(axis=2) - weak,
        "selection": shares,
        "bought": accuracy[-len(STRATEGIES) :] - weak,
    }


def _regions(taught: Lesson) -> np.ndarray:
    """Give `QUANTITIES` of each region; NaN where it has no point."""
    right, told = np.asarray(taught.guesses == taught.truth), np.asarray(taught.guesses)
    members = [taught.regions == kind for kind in (EASY, HARD, OVERLAP)]
    counts = np.array([own.sum() for own in members])
    sums = [[values[own].sum() for own in members] for values in (right, told)]
    with np.errstate(invalid="ignore"):
        return np.concatenate([counts[None] / len(right), np.array(sums) / counts])


def _mixtures(regions, config: Config, generator) -> np.ndarray:
    """Masses of points (mixtures, densities, draws, n): as many points at every density."""
    overlap = regions == OVERLAP
    confident = np.zeros_like(overlap)
    places_of = np.flatnonzero(regions != HARD)
    confident[generator.choice(places_of, overlap.sum(), replace=False)] = True
    size = min(overlap.sum(), np.sum(~overlap))
    masses = np.zeros((2, len(config.densities), config.draws, len(regions)))
    for kind, chosen in enumerate((overlap, confident)):
        for place, density in enumerate(config.densities):
            count = round(density * size)
            for draw in range(config.draws):
                inside = generator.choice(np.flatnonzero(chosen), count, replace=False)
                outside = generator.choice(np.flatnonzero(~chosen), size - count, replace=False)
                masses[kind, place, draw, np.concatenate([inside, outside])] = 1
    return masses


def _purchases(regions, config: Config, key) -> tuple[np.ndarray, np.ndarray]:
    """How often each strategy buys each point, and its share of overlap points after each round."""
    overlap = regions == OVERLAP
    chances = [jnp.asarray(kind / kind.sum()) for kind in (overlap, ~overlap)]
    samplers = [functools.partial(_batch, *chances, jnp.asarray(density)) for density in SOURCES]
    masses, shares = [], []
    for name in STRATEGIES:
        rule = BEST if name == BEST.name else name
        record = select_data(
            [lambda own, sell=sell: np.asarray(sell(own)) for sell in samplers],
            config.rounds,
            lambda points: overlap[points],
            rule,
            key,
        )
        masses.append(np.bincount(np.concatenate(record.batches), minlength=len(regions)))
        shares.append(np.cumsum(record.rewards) / np.arange(1, config.rounds + 1))
    return np.array(masses, float), np.array(shares)


@jax.jit
def _batch(overlap, others, density, key):
    """Sell points of a source, which draws from the kinds of points by their chances."""
    kind_key, *keys = jax.random.split(key, 3)
    inside = jax.random.uniform(kind_key, (BATCH,), overlap.dtype) < density
    kinds = zip(keys, (overlap, others), strict=True)
    drawn = [jax.random.choice(own, len(kind), (BATCH,), p=kind) for own, kind in kinds]
    return jnp.where(inside, *drawn)


def _accuracies(taught: Lesson, masses, strength: float) -> Any:
    """Fit a student a row of masses; their accuracies on the last third."""
    features, truth, _ = taught.test
    given = taught.features, taught.guesses, features, truth, jnp.asarray(strength)
    return _judge(*given, jnp.asarray(masses))


@jit_quickly
def _judge(pool, guesses, features, truth, strength, masses):
    def one(mass):
        scores = fit(pool, guesses, mass, strength).scores(features)
        return jnp.mean(((scores > 0) == (truth == 1)).astype(scores.dtype))

    return jax.lax.map(one, masses)


def _axes(config: Config) -> dict[str, dict[str, Any]]:
    rounds = range(1, config.rounds + 1)
    return {
        "models": {"model": MODELS},
        "regions": {"quantity": QUANTITIES, "region": REGIONS[:3]},
        "data": {"mixture": MIXTURES, "density": config.densities},
        "selection": {"strategy": tuple(STRATEGIES), "round": rounds},
        "bought": {"strategy": tuple(STRATEGIES)},
    }


def _rows(values, axes) -> list[dict[str, Any]]:
    return [row | moments(values[:, *place]) for place, row in places(**axes)]


def _tables(tables) -> tuple[Table, ...]:
    def shown(title, name, *labels):
        rows = [[*(f"{row[x]}" for x in labels), CELL.format(**row)] for row in tables[name]]
        return table_of(title, (*labels, "mean ± standard error"), rows, left=labels)

    last = {row["strategy"]: row for row in tables["bought"]}
    sources = [
        [name, f"{rows[-1]['mean']:.1%}", CELL.format(**last[name])]
        for (name,), rows in grouped(tables["selection"], "strategy")
    ]
    densities = ", ".join(f"{density:.0%}" for density in SOURCES)
    return (
        shown("Accuracy", "models", "model"),
        shown("Detected regions", "regions", "quantity", "region"),
        shown("Gain over the weak model", "data", "mixture", "density"),
        table_of(
            f"Sources of density {densities}",
            ("strategy", "overlap points bought", "gain"),
            sources,
        ),
    )
