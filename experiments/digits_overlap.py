r"""Overlap density on real images: detection, gain against density, choosing sources.

The bundled digits of scikit-learn; the left half of an image is the easy pattern, the right half the
hard one (`_digit_halves`). For every density: a weak model, which sees left halves alone, labels a pool
of points; overlap points are detected in it; students learn from the true and from the detected overlap
points. Then sources of different densities sell small batches, and strategies choose among them by the
overlap points detected.

Run `python -m experiments digits_overlap [--preset quick|paper] [--digits A B | --parity] [--seed S]
[--out DIR]`.
"""

import argparse
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments import _digit_halves as halves
from experiments._run import Run, Table, experiment, grouped, moments, places, table_of
from w2sjax.machine.compilation import jit_quickly
from w2sjax.mixture.model import OVERLAP, REGIONS

MODELS = ("weak", "oracle", "student", *(f"student, {kind}" for kind in halves.KINDS))
AREAS = ("all", *REGIONS[:3])
SOLD = {
    "strategy": "{strategy}",
    "overlap points bought": "{density:.1%} ± {density_stderr:.1%}",
    "student's accuracy": "{accuracy:.3f} ± {accuracy_stderr:.3f}",
}


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes: points to train the weak model and to label, densities, repetitions, penalties."""

    train: float = 0.3
    pool: float = 0.4
    densities: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    runs: int = 200
    strength: float = 1.0
    student_strength: float = 0.1
    rounds: int = 40
    selections: int = 50


PRESETS = {
    "paper": Config(),
    "quick": Config(densities=(0.05, 0.2, 0.4, 0.8), runs=10, rounds=20, selections=4),
}


class _Two(argparse.Action):
    def __call__(self, parser, namespace, values: Any, option_string=None):
        if not 0 <= min(values) < max(values) <= 9:
            parser.error(f"--digits: expected two different digits, got {values}")
        setattr(namespace, self.dest, values)


@experiment(
    PRESETS,
    exclusive=True,
    digits={"type": int, "nargs": 2, "action": _Two, "metavar": ("A", "B"), "default": (4, 9)},
    parity={"action": "store_true", "help": "odd against even, of all digits"},
)
def main(run: Run) -> tuple[Table, ...]:
    """Run all repetitions; write data, draw, print the tables."""
    config, digits = run.config, None if run.given.parity else tuple(run.given.digits)
    images, labels = halves.load(digits)
    curve_key, lesson_key, market_key = jax.random.split(run.key, 3)
    teach = teacher(images, labels, config)
    found = curves(curve_key, teach, run)
    keys = [jax.random.fold_in(lesson_key, place) for place in range(config.selections)]
    bought = halves.purchases([teach(key, halves.REFERENCE) for key in keys], market_key, run)
    accuracy, detection = _accuracy_rows(found, config), _detection_rows(found, config)
    examples = _examples(images, np.asarray(labels), run.given.seed)
    run.write(data=accuracy, detection=detection, selection=bought, examples=examples)
    run.facts |= {"digits": digits, "points": len(labels)}
    densities = ", ".join(f"{density:.0%}" for density in halves.SOURCES)
    last = [rows[-1] for _, rows in grouped(bought, "strategy")]
    sources = table_of(f"Sources of density {densities}", SOLD, last)
    return _accuracy_table(accuracy), _detection_table(detection), sources


def teacher(images, labels, config: Config) -> Callable[[Any, float], halves.Lesson]:
    """Give what makes a `Lesson` of a key and a density."""
    sizes = int(config.train * len(labels)), int(config.pool * len(labels))
    strength = jnp.asarray(config.strength)
    return lambda key, density: halves.lesson(
        key, images, labels, jnp.asarray(density), strength, sizes=sizes
    )


def curves(key, teach, run: Run) -> dict[str, np.ndarray]:
    """Repeat the study at every density: arrays (runs, densities, ...)."""
    config = run.config
    strengths = jnp.asarray([config.strength] + 3 * [config.student_strength])
    judge, parts = jit_quickly(_study), []
    for done in range(config.runs):
        own = jax.random.fold_in(key, done)
        for density in config.densities:
            parts.append(
                run.once(
                    f"run {done}, density {density}",
                    lambda own=own, density=density: judge(
                        teach(own, density), jnp.asarray(density), strengths
                    ),
                )
            )
        run.progress("digits", done + 1, config.runs)
    shape = config.runs, len(config.densities)
    return {
        name: np.reshape([part[name] for part in parts], (*shape, *parts[0][name].shape))
        for name in parts[0]
    }


def _study(taught: halves.Lesson, density, strengths) -> dict[str, Any]:
    """Train the students and the oracle, which has true labels of all points; judge all models."""
    truth = taught.regions == OVERLAP
    found = taught.detections.regions == OVERLAP
    guesses = taught.chances > 0.5
    targets = jnp.stack([taught.sold[1] == 1, guesses, guesses, guesses]).astype(strengths.dtype)
    used = jnp.concatenate([jnp.ones_like(truth)[None], truth[None], found])
    models = jax.lax.map(lambda one: halves.fit(taught.images, *one), (targets, used, strengths))
    shares = jnp.stack([(1 - density) / 2, (1 - density) / 2, density])

    def judge(model, half=False):
        regions = halves.region_accuracies(model, *taught.test, half)
        return jnp.concatenate([jnp.sum(shares * regions)[None], regions])

    others = jax.vmap(judge)(models)
    hits = jnp.sum(found & truth[None], axis=1)
    reported = jnp.sum(found, axis=1)
    return {
        "accuracy": jnp.concatenate([judge(taught.weak, True)[None], others]),  # (models, areas)
        "density": reported / truth.shape[0],  # (kinds of features,)
        "precision": hits / reported,
        "recall": hits / jnp.sum(truth),
    }


def _accuracy_rows(found, config: Config) -> list[dict[str, Any]]:
    axes = {"density": config.densities, "model": MODELS, "region": AREAS}
    return [row | moments(found["accuracy"][:, *place]) for place, row in places(**axes)]


def _detection_rows(found, config: Config) -> list[dict[str, Any]]:
    return [
        row | {"quantity": name} | moments(found[name][:, *place])
        for place, row in places(density=config.densities, features=halves.KINDS)
        for name in ("density", "precision", "recall")
    ]


def _examples(images, labels, seed: int) -> Iterator[dict[str, Any]]:
    """Give the grey values of one image of each label as easy-only, hard-only and overlap points."""
    first = np.random.default_rng(seed).permutation(len(labels))
    chosen = jnp.asarray([next(i for i in first if labels[i] == label) for label in (0, 1)])
    for region in range(3):
        shown = halves.restrict(images[chosen], jnp.full(2, region, jnp.int32))
        for (label, place), grey in np.ndenumerate(shown):
            yield {"label": label, "region": region, "place": place, "grey": grey}


def _accuracy_table(rows) -> Table:
    shown = []
    for (density,), own in grouped(rows, "density"):
        kept = {(row["model"], row["region"]): row for row in own}
        shown.append([f"{density:g}"])
        for model in MODELS:
            whole, hard = kept[model, "all"], kept[model, "hard"]
            shown[-1].append(f"{whole['mean']:.3f} ± {whole['stderr']:.3f} ({hard['mean']:.2f})")
    title = "Accuracy on all test points (and on hard-only ones)"
    return table_of(title, ("density", *MODELS), shown, left=())


def _detection_table(rows) -> Table:
    shown = [
        [f"{density:g}", *(f"{row['mean']:.2f} ± {row['stderr']:.2f}" for row in own)]
        for (density,), own in grouped(rows, "density")
    ]
    names = [f"{quantity}, {kind}" for (kind, quantity), _ in grouped(rows, "features", "quantity")]
    return table_of("Detected overlap points", ("true density", *names), shown, left=())
