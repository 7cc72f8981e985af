"""Audit weak teachers of molecular properties: FreeSolv's simulation and ESOL's linear model.

FreeSolv: hydration free energies in kcal/mol; the weak teacher `calc` is a physics simulation.
ESOL: log10 solubility in mol/l; the weak teacher is Delaney's linear model of four descriptors. The
strong class is linear in RDKit's descriptors, or in these and Morgan fingerprints folded to 256
counts. The data are MoleculeNet's CSV files, which this does not download.

Run `python -m experiments.audit_molecules --data DIR [--out DIR]`.
"""

import argparse
import csv
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import jax
import numpy as np
from rich.console import Console

from w2sjax.auditing.audit import audit
from w2sjax.auditing.command import write
from w2sjax.auditing.data import AuditData, audit_data
from w2sjax.auditing.report import WIDTH, show


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A CSV file of molecules with a truth and a weak teacher."""

    name: str
    file: str
    target: str
    weak: str
    unit: str


DATASETS = (
    Dataset("FreeSolv", "SAMPL.csv", "expt", "calc", r"kcal$^2$ mol$^{-2}$"),
    Dataset(
        "ESOL",
        "delaney-processed.csv",
        "measured log solubility in mols per litre",
        "ESOL predicted log solubility in mols per litre",
        r"squared $\log_{10}$ units",
    ),
)


@dataclasses.dataclass(frozen=True)
class Config:
    """How the audits are done.

    `limit` bounds standardised features: a few descriptors are so heavy-tailed that one molecule
    would otherwise decide its coefficient.
    """

    features: str = "descriptors"
    sets: tuple[str, ...] = ("affine", "l2_ball:2")
    split: str = "0.3"
    bootstrap: int = 0
    seed: int = 0
    bits: int = 256
    radius: int = 2
    limit: float = 5.0


def molecules(folder: Path, dataset: Dataset, config: Config) -> AuditData:
    """Read a data set and compute its features.

    Raises:
        ValueError: if the file is not there, lacks a column, or has a molecule RDKit cannot read.
    """
    path = folder / dataset.file
    if not path.exists():
        raise ValueError(
            f"{path}: not found; put MoleculeNet's {dataset.file} into the folder given by --data"
        )
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for column in ("smiles", dataset.target, dataset.weak):
        if not rows or column not in rows[0]:
            raise ValueError(f"{path}: has no column {column!r}")
    features = featurise([row["smiles"] for row in rows], config)
    return audit_data(
        features,
        np.array([float(row[dataset.weak]) for row in rows]),
        weak_names=[dataset.weak.split(" ")[0]],
        target=np.array([float(row[dataset.target]) for row in rows]),
        source=f"{dataset.name}, {config.features}",
    )


def featurise(smiles: Sequence[str], config: Config) -> np.ndarray:
    """Compute standardised descriptors, without those that are constant or somewhere not finite."""
    from rdkit import Chem, RDLogger
    from rdkit.Chem import Descriptors, rdFingerprintGenerator

    RDLogger.DisableLog("rdApp.*")  # pyright: ignore[reportAttributeAccessIssue]
    parsed = [Chem.MolFromSmiles(text) for text in smiles]
    for text, molecule in zip(smiles, parsed, strict=True):
        if molecule is None:
            raise ValueError(f"RDKit cannot read the SMILES {text!r}")
    functions = [function for _, function in Descriptors.descList]
    raw = np.array([[function(m) for function in functions] for m in parsed], float)
    if config.features == "fingerprints":
        generator = rdFingerprintGenerator.GetMorganGenerator(
            radius=config.radius, fpSize=config.bits
        )
        counts = [generator.GetCountFingerprintAsNumPy(molecule) for molecule in parsed]
        raw = np.column_stack([raw, np.array(counts, float)])
    raw = raw[:, np.isfinite(raw).all(axis=0)]
    spread = raw.std(axis=0)
    kept = spread > 1e-12 * np.abs(raw).max(axis=0)
    standard = (raw[:, kept] - raw[:, kept].mean(axis=0)) / spread[kept]
    return np.clip(standard, -config.limit, config.limit)


def main(arguments: list[str] | None = None) -> int:
    """Audit both data sets with every set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of MoleculeNet's CSVs")
    parser.add_argument("--out", type=Path, help="folder for reports and figures")
    parser.add_argument("--features", choices=("descriptors", "fingerprints"),
                        default=Config.features)  # fmt: skip
    parser.add_argument("--set", action="append", help="strong class; may be given several times")
    parser.add_argument("--bootstrap", type=int, default=Config.bootstrap)
    parser.add_argument("--split", default=Config.split)
    parser.add_argument("--seed", type=int, default=Config.seed)
    given = parser.parse_args(arguments)
    config = Config(
        features=given.features,
        sets=tuple(given.set or Config.sets),
        split=given.split,
        bootstrap=given.bootstrap,
        seed=given.seed,
    )
    jax.config.update("jax_enable_x64", True)
    console = Console(width=WIDTH)
    try:
        for dataset in DATASETS:
            data = molecules(given.data, dataset, config)
            for convex_set in config.sets:
                report = audit(
                    data,
                    convex_set,
                    intercept=True,
                    bootstrap=config.bootstrap,
                    split=config.split,
                    key=jax.random.key(config.seed),
                )
                show(report, console)
                console.print()
                if given.out is not None:
                    kind = convex_set.replace(":", "_")
                    folder = given.out / f"{dataset.name.lower()}_{kind}_{config.features}"
                    write(report, folder, unit=dataset.unit)
                    manifest = json.dumps(dataclasses.asdict(config), indent=2)
                    (folder / "config.json").write_text(manifest + "\n")
    except (ValueError, OSError, ImportError) as error:
        Console(stderr=True).print(f"error: {error}", markup=False, soft_wrap=True)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
