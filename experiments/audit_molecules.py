"""Audit weak teachers of molecular properties: FreeSolv's simulation and ESOL's linear model.

FreeSolv: hydration free energies in kcal/mol; the weak teacher `calc` is a physics simulation.
ESOL: log10 solubility in mol/l; the weak teacher is Delaney's linear model of four descriptors. The
strong class is linear in RDKit's descriptors, or in these and Morgan fingerprints folded to 256
counts. The data are MoleculeNet's CSV files, which this does not download.

Run `python -m experiments.audit_molecules --data DIR [--out DIR]`.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import jax
import numpy as np
from rich.console import Console

from experiments._molecules import (
    ESOL,
    FREESOLV,
    Dataset,
    featurise,
    informative,
    load,
    standardise,
)
from experiments._run import parser_of
from w2sjax.auditing.audit import audit
from w2sjax.auditing.command import write
from w2sjax.auditing.data import AuditData, audit_data
from w2sjax.auditing.report import WIDTH, show


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
    read = load(folder, dataset)
    if dataset.weak is None or read.teacher is None:
        raise ValueError(f"{dataset.name} has no weak teacher")
    return audit_data(
        strong_features(read.smiles, config),
        read.teacher,
        weak_names=[dataset.weak.split(" ")[0]],
        target=read.target,
        source=f"{dataset.name}, {config.features}",
    )


def strong_features(smiles: Sequence[str], config: Config) -> np.ndarray:
    """Compute what the strong class sees, standardised over all molecules."""
    found = featurise(smiles, bits=config.bits, radius=config.radius)
    columns = found.descriptors
    if config.features == "fingerprints":
        columns = np.column_stack([columns, found.counts])
    columns = informative(columns)
    return standardise(columns, np.arange(len(columns)), config.limit)


def main(arguments: list[str] | None = None) -> int:
    """Audit both data sets with every set."""
    parser = parser_of(__doc__)
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
        for dataset in (FREESOLV, ESOL):
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
