"""Weak teachers of molecular properties: Figure 2 (d-f) and Table 1 of Charikar et al. (2024).

Each of MoleculeNet's ESOL, FreeSolv and Lipophilicity is parted three times into molecules that train
the weak models with the measured labels, molecules that the weak models label for the student, and
molecules on which both are judged. The strong class is linear, with a free intercept and bounded
coefficients, in RDKit's descriptors and Morgan fingerprints. Parts are random by default, as
MoleculeNet advises for these sets and Theorem 2 assumes; parts that share no scaffold are harder.

Run `python -m experiments molecules --data DIR [--preset quick|paper] [--split random|scaffold]`.
"""

import dataclasses
import functools
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from experiments import _molecules as chemistry
from experiments._gain_tables import summary
from experiments._gains import judge, learn
from experiments._molecule_tables import table
from experiments._run import Run, Table, at_least, experiment
from w2sjax import Status, Verdict

# In this order the first 1, 2, 4, 8 make the linear weak models; the networks see all.
SIMPLE = ("MolWt", "RingCount", "NumHDonors", "NumHAcceptors", "TPSA", "NumRotatableBonds",
          "FractionCSP3", "MolLogP")  # fmt: skip
COUNTS = (1, 2, 4, 8)
WIDTHS = (8, 12, 16, 24, 32, 48, 64, 96)


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


@experiment(
    PRESETS,
    expected=(ValueError, OSError, ImportError),
    width=110,
    data={"type": Path, "required": True, "help": "folder of MoleculeNet's CSVs"},
    split={"choices": ("random", "scaffold"), "default": "random"},
    splits={"type": at_least(2), "default": 3, "help": "how often the molecules are parted"},
)
def main(run: Run) -> list[Table]:
    """Measure every weak model on every data set; write data, draw, print tables."""
    rows, sizes = [], {}
    for dataset in chemistry.DATASETS:
        found, sizes[dataset.name] = study(dataset, run)
        rows += found
    means = summary(rows)
    run.write(data=rows, summary=means)
    run.facts |= {
        "split": run.given.split,
        "splits": run.given.splits,
        "sizes": sizes,
        "statuses": {s.name: sum(row["status"] == s.name for row in rows) for s in Status},
        "verdicts": {v.name: sum(row["verdict"] == v.name for row in rows) for v in Verdict},
    }
    return [table(dataset, run.given.split, rows, means) for dataset in chemistry.DATASETS]


def study(dataset: chemistry.Dataset, run: Run) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Measure the weak models of a data set in every split; also give the sizes of the parts."""
    config, given = run.config, run.given
    molecules = chemistry.load(given.data, dataset)
    with run.timed(f"features, {dataset.name}"):
        features = chemistry.kept_features(
            run.folder / "features" / f"{dataset.name}_{config.bits}_{config.bonds}.npz",
            molecules.smiles,
            bits=config.bits,
            radius=config.bonds,
            progress=functools.partial(run.progress, f"features of {dataset.name}"),
        )
    groups = chemistry.scaffold_groups(features.scaffolds)
    if given.split == "random":
        groups = np.arange(len(groups))
    columns = chemistry.informative(np.column_stack([features.descriptors, features.counts]))
    rows, sizes = [], []
    for split in range(given.splits):
        parted = functools.partial(
            _parted, split, dataset, molecules, features, groups, columns, run
        )
        found = run.once(f"{dataset.name}, split {split}", parted)
        rows += found["rows"]
        sizes.append(found["sizes"])
        run.progress(f"weak models and students, {dataset.name}", split + 1, given.splits)
    return rows, sizes


def _parted(split, dataset, molecules, features, groups, columns, run: Run) -> dict[str, Any]:
    """Measure the weak models in one split: rows, and the sizes of the parts."""
    config, given = run.config, run.given
    generator = np.random.default_rng([given.seed, split])
    parts = chemistry.partition(groups, config.shares, generator)
    with run.timed(f"weak models, {dataset.name}"):
        simple = chemistry.standardise(features.columns(SIMPLE), parts[0], config.limit)
        models = _weak_models(dataset, molecules, simple, parts[0], config, given.seed + split)
    with run.timed(f"students, {dataset.name}"):
        labels = np.stack(list(models.values()))
        found = _measure(columns, molecules.target, labels, parts, config, generator)
    rows = []
    for place, (name, family) in enumerate(models):
        row = {"dataset": dataset.name, "unit": dataset.unit, "split": split, "weak": name}
        row["family"] = family
        row |= {name: values[place].item() for name, values in found.items()}
        row["verdict"] = Verdict(row["verdict"]).name
        row["status"] = Status(row["status"]).name
        rows.append(row)
    return {"rows": rows, "sizes": [len(part) for part in parts]}


def _weak_models(
    dataset: chemistry.Dataset,
    molecules: chemistry.Molecules,
    simple: Any,
    trained: Any,
    config: Config,
    seed: int,
) -> dict[tuple[str, str], np.ndarray]:
    """Train weak models of graded strength, and take over the teacher that the file brings.

    Returns what each predicts of every molecule, by its name and family.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPRegressor

    target = molecules.target[trained]
    centre, scale = target.mean(), target.std()
    models = {}
    for count in COUNTS:
        fitted = LinearRegression().fit(simple[trained, :count], target)
        name = f"linear, {count} descriptor{'s' * (count > 1)}"
        models[name, "linear"] = fitted.predict(simple[:, :count])
    for width in WIDTHS:
        network = MLPRegressor(
            hidden_layer_sizes=(width, width),
            learning_rate_init=config.learning_rate,
            max_iter=config.epochs,
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(simple[trained], (target - centre) / scale)
        models[f"network, width {width}", "network"] = centre + scale * network.predict(simple)
    if dataset.teacher is not None and molecules.teacher is not None:
        models[dataset.teacher, "teacher"] = molecules.teacher
    return models


def _measure(columns, target, labels, parts, config: Config, generator) -> dict[str, np.ndarray]:
    """Fit the students on the second part of the molecules and judge them on the third."""
    _, taught, test = parts
    strong = chemistry.standardise(columns, taught, config.limit)
    radii = labels[:, taught].std(axis=1, keepdims=True) * np.array(config.radii)
    folds = generator.permutation(len(taught)) % config.folds
    kept = (folds != np.arange(config.folds)[:, None]).astype(float)
    students, chosen = learn(strong[taught], labels[:, taught], kept, radii)
    found = judge(strong[test], labels[:, test], target[test], students, chosen)
    found |= {"radius": chosen, "training_gap": students.gap, "status": students.status}
    return {name: np.asarray(values) for name, values in found.items()}
