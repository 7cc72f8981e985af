"""Weak teachers of molecular properties: Figure 2 (d-f) and Table 1 of Charikar et al. (2024).

Each of MoleculeNet's ESOL, FreeSolv and Lipophilicity is parted three times into molecules that train
the weak models with the measured labels, molecules that the weak models label for the student, and
molecules on which both are judged. The strong class is linear, with a free intercept and bounded
coefficients, in RDKit's descriptors and Morgan fingerprints. Parts are random by default, as
MoleculeNet advises for these sets and Theorem 2 assumes; parts that share no scaffold are harder.

Run `python -m experiments molecules --data DIR [--preset quick|paper] [--split random|scaffold]`.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from experiments._ball_students import judge, learn, quickly
from experiments._molecule_tables import summary, table
from experiments._molecules import (
    DATASETS,
    Dataset,
    Features,
    Molecules,
    informative,
    kept_features,
    load,
    partition,
    scaffold_groups,
    standardise,
)
from experiments._run import Run, options
from experiments._weak_molecular_models import SIMPLE, weak_models
from w2sjax import Status, Verdict
from w2sjax.report import progress_bar


@dataclasses.dataclass(frozen=True)
class Config:
    """How molecules are described and parted, and how weak models and students learn.

    Attributes:
        shares: of the molecules that train the weak models, teach the student, and judge.
        bits, bonds: length and radius of the Morgan fingerprints.
        limit: bound of standardised features.
        epochs, learning_rate: of the weak networks, which have two hidden layers.
        radii: of the ball of coefficients, in standard deviations of the weak labels.
        folds: of the cross-validation that chooses the radius.
    """

    shares: tuple[float, float, float] = (0.2, 0.6, 0.2)
    bits: int = 1024
    bonds: int = 2
    limit: float = 5.0
    epochs: int = 200
    learning_rate: float = 1e-3
    radii: tuple[float, ...] = tuple(2 ** (step / 4) for step in range(-16, 9))
    folds: int = 5


PRESETS = {
    "paper": Config(),
    "quick": Config(
        bits=256,
        epochs=50,
        learning_rate=4e-3,
        radii=tuple(2 ** (step / 2) for step in range(-8, 5)),
        folds=3,
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure every weak model on every data set; write data, manifest and figure; print tables."""
    parser = options("molecules", __doc__, PRESETS)
    parser.add_argument("--data", type=Path, required=True, help="folder of MoleculeNet's CSVs")
    parser.add_argument("--split", choices=("random", "scaffold"), default="random")
    parser.add_argument("--splits", type=int, default=3, help="how often the molecules are parted")
    given = parser.parse_args(arguments)
    if given.splits < 2:
        parser.error("--splits: expected at least 2, for a standard error")
    if given.seed < 0:
        parser.error("--seed: expected at least 0")
    config = PRESETS[given.preset]
    run = Run("molecules", config, given.seed, given.out)
    rows, sizes = [], {}
    try:
        with progress_bar() as progress:
            for dataset in DATASETS:
                molecules = load(given.data, dataset)
                features = _features(molecules, dataset, config, run, progress)
                found, sizes[dataset.name] = study(
                    dataset, molecules, features, config, run,
                    kind=given.split, splits=given.splits, progress=progress,
                )  # fmt: skip
                rows += found
    except (ValueError, OSError, ImportError) as error:
        Console(stderr=True).print(f"error: {error}", markup=False, soft_wrap=True)
        return 2
    means = summary(rows)
    run.write_rows(data=rows, summary=means)
    run.finish(
        preset=given.preset,
        split=given.split,
        splits=given.splits,
        sizes=sizes,
        statuses={s.name: sum(row["status"] == s.name for row in rows) for s in Status},
        verdicts={v.name: sum(row["verdict"] == v.name for row in rows) for v in Verdict},
    )
    tables = [table(dataset, given.split, rows, means) for dataset in DATASETS]
    parts = [part for laid in tables for part in (laid, "")]
    run.show(*parts, last="data, manifest and figure in", width=110)
    return 0


def _features(
    molecules: Molecules, dataset: Dataset, config: Config, run: Run, progress
) -> Features:
    with run.timed(f"features, {dataset.name}"):
        return kept_features(
            run.folder / "features" / f"{dataset.name}_{config.bits}_{config.bonds}.npz",
            molecules.smiles,
            bits=config.bits,
            radius=config.bonds,
            progress=lambda done, total: progress(f"features of {dataset.name}", done, total),
        )


def study(
    dataset: Dataset,
    molecules: Molecules,
    features: Features,
    config: Config,
    run: Run,
    *,
    kind: str,
    splits: int,
    progress: Callable[[str, int, int], None],
) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Measure the weak models of a data set in every split; also give the sizes of the parts."""
    count = len(molecules.target)
    groups = np.arange(count) if kind == "random" else scaffold_groups(features.scaffolds)
    columns = informative(np.column_stack([features.descriptors, features.counts]))
    rows, sizes, seed = [], [], run.manifest["seed"]
    for split in range(splits):
        generator = np.random.default_rng([seed, split])
        parts = partition(groups, config.shares, generator)
        with run.timed(f"weak models, {dataset.name}"):
            simple = standardise(features.columns(SIMPLE), parts[0], config.limit)
            models = weak_models(
                dataset, simple, molecules, parts[0],
                epochs=config.epochs, learning_rate=config.learning_rate, seed=seed + split,
            )  # fmt: skip
        with run.timed(f"students, {dataset.name}"):
            labels = np.stack([model.predictions for model in models])
            found = _measure(columns, molecules.target, labels, parts, config, generator)
        sizes.append([len(part) for part in parts])
        for place, model in enumerate(models):
            row = {"dataset": dataset.name, "split": split}
            row |= {"weak": model.name, "family": model.family}
            row |= {name: values[place].item() for name, values in found.items()}
            row["verdict"] = Verdict(row["verdict"]).name
            row["status"] = Status(row["status"]).name
            rows.append(row)
        progress(f"weak models and students, {dataset.name}", split + 1, splits)
    return rows, sizes


def _measure(columns, target, labels, parts, config: Config, generator) -> dict[str, np.ndarray]:
    """Fit the students on the second part of the molecules and judge them on the third."""
    _, taught, test = parts
    strong = standardise(columns, taught, config.limit)
    radii = labels[:, taught].std(axis=1, keepdims=True) * np.array(config.radii)
    folds = generator.permutation(len(taught)) % config.folds
    kept = (folds != np.arange(config.folds)[:, None]).astype(float)
    students, chosen = quickly(learn, strong[taught], labels[:, taught], kept, radii)
    found = quickly(
        judge, strong[test], labels[:, test], target[test],
        students.coefficients, students.intercept, chosen,
    )  # fmt: skip
    found |= {"radius": chosen, "training_gap": students.gap, "status": students.status}
    return {name: np.asarray(values) for name, values in found.items()}


if __name__ == "__main__":
    raise SystemExit(main())
