"""Audit weak teachers of molecular properties: FreeSolv's simulation and ESOL's linear model.

FreeSolv: hydration free energies in kcal/mol; the weak teacher `calc` is a physics simulation.
ESOL: log10 solubility in mol/l; the weak teacher is Delaney's linear model of four descriptors. The
strong class is linear in RDKit's descriptors, or in these and Morgan fingerprints folded to 256
counts. The data are MoleculeNet's CSV files, which this does not download.

Run `python -m experiments audit_molecules --data DIR [--out DIR]`.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
from rich.console import Console

from experiments import _molecules as chemistry
from experiments._bundled_audit import parser_for
from experiments._run import refused
from w2sjax.auditing.audit import audit
from w2sjax.auditing.command import write
from w2sjax.auditing.data import AuditData, audit_data
from w2sjax.auditing.report import show
from w2sjax.reporting.terminal import WIDTH


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


def molecules(folder: Path, dataset: chemistry.Dataset, config: Config) -> AuditData:
    """Read a data set and compute its features.

    Raises:
        ValueError: if the file is not there, lacks a column, or has a molecule RDKit cannot read.
    """
    read = chemistry.load(folder, dataset)
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
    found = chemistry.featurise(smiles, bits=config.bits, radius=config.radius)
    columns = found.descriptors
    if config.features == "fingerprints":
        columns = np.column_stack([columns, found.counts])
    columns = chemistry.informative(columns)
    return chemistry.standardise(columns, np.arange(len(columns)), config.limit)


def main(arguments: list[str]) -> int:
    """Audit both data sets with every set."""
    parser = parser_for(Config(), __doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of MoleculeNet's CSVs")
    parser.add_argument("--out", type=Path, help="folder for reports and figures")
    parser.add_argument(
        "--set", dest="sets", action="append", help="strong class; may be given several times"
    )
    given: dict[str, Any] = vars(parser.parse_args(arguments))
    folder, out = given.pop("data"), given.pop("out")
    given["sets"] = tuple(given["sets"] or Config.sets)
    config = Config(**given)
    jax.config.update("jax_enable_x64", True)
    console = Console(width=WIDTH)
    try:
        for dataset in (chemistry.FREESOLV, chemistry.ESOL):
            data = molecules(folder, dataset, config)
            for convex_set in config.sets:
                report = audit(
                    data,
                    convex_set,
                    intercept=True,
                    bootstrap=config.bootstrap,
                    split=config.split,
                    key=jax.random.key(config.seed),
                    checkpoint=None if out is None else out / "progress",
                )
                show(report, console)
                console.print()
                if out is not None:
                    kind = convex_set.replace(":", "_")
                    place = out / f"{dataset.name.lower()}_{kind}_{config.features}"
                    write(report, place, unit=dataset.unit)
                    manifest = json.dumps(dataclasses.asdict(config), indent=2)
                    (place / "config.json").write_text(manifest + "\n")
    except (ValueError, OSError, ImportError) as error:
        return refused(error)
    return 0
