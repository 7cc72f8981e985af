"""Molecules with measured properties: MoleculeNet's files, RDKit's features, splits by scaffold.

Nothing is downloaded. Features of thousands of molecules take half a minute, so they can be kept in
a file.
"""

import dataclasses
import hashlib
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments._run import read
from w2sjax.machine.writable import write_whole


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A CSV file of molecules.

    Attributes:
        name, file: of the data set.
        target: column of the truth.
        weak: column of a weak teacher's predictions, if there is one.
        unit: of squared errors.
        teacher: what to call the weak teacher.
    """

    name: str
    file: str
    target: str
    weak: str | None
    unit: str
    teacher: str | None = None


FREESOLV = Dataset(
    "FreeSolv", "SAMPL.csv", "expt", "calc", r"kcal$^2$ mol$^{-2}$", "calc (a simulation)"
)
ESOL = Dataset(
    "ESOL",
    "delaney-processed.csv",
    "measured log solubility in mols per litre",
    "ESOL predicted log solubility in mols per litre",
    r"squared $\log_{10}$ units",
    "Delaney's linear model",
)
LIPOPHILICITY = Dataset(
    "Lipophilicity", "Lipophilicity.csv", "exp", None, r"squared $\log_{10}$ units"
)
DATASETS = (ESOL, FREESOLV, LIPOPHILICITY)


@dataclasses.dataclass(frozen=True)
class Molecules:
    """What a data set's file says; `teacher` is None where it has no weak teacher."""

    smiles: list[str]
    target: np.ndarray
    teacher: np.ndarray | None


@dataclasses.dataclass(frozen=True)
class Features:
    """What RDKit computes of n molecules.

    Attributes:
        descriptors: shape (n, number of `names`).
        names: of the descriptors.
        counts: Morgan fingerprints, how often each of the folded substructures occurs.
        scaffolds: Bemis and Murcko's ring systems with their linkers, as SMILES; empty for
            molecules without a ring.
    """

    descriptors: np.ndarray
    names: np.ndarray
    counts: np.ndarray
    scaffolds: np.ndarray

    def columns(self, names: Sequence[str]) -> np.ndarray:
        """Select descriptors by name."""
        known = self.names.tolist()
        return self.descriptors[:, [known.index(name) for name in names]]


def load(folder: Path, dataset: Dataset) -> Molecules:
    """Read a data set.

    Raises:
        ValueError: if the file is not there, lacks a column, or lacks a value.
    """
    path = folder / dataset.file
    if not path.is_file():
        raise ValueError(
            f"{path}: not found; put {dataset.file} ({dataset.name}, from moleculenet.org) into the "
            "folder given by --data"
        )
    table = read(path)
    for column in ("smiles", dataset.target, dataset.weak):
        if column is not None and column not in table:
            raise ValueError(
                f"{path}: has no column {column!r}, unlike moleculenet.org's {dataset.file}"
            )
    smiles = [str(text).strip() for text in table["smiles"]]
    if "" in smiles:
        raise ValueError(f"{path}: row {smiles.index('') + 1} has no SMILES")

    def numbers(column):
        for place, value in enumerate(table[column], 1):
            if not (isinstance(value, float) and math.isfinite(value)):
                raise ValueError(
                    f"{path}: row {place} has no number in column {column!r}, but {value!r}"
                )
        return np.array(table[column])

    teacher = None if dataset.weak is None else numbers(dataset.weak)
    return Molecules(smiles, numbers(dataset.target), teacher)


def featurise(
    smiles: Sequence[str],
    *,
    bits: int,
    radius: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Features:
    """Compute features; fingerprints look `radius` bonds far and are folded to `bits` counts.

    Raises:
        ValueError: for a SMILES that RDKit cannot read.
    """
    from rdkit import Chem, RDLogger
    from rdkit.Chem import Descriptors, rdFingerprintGenerator
    from rdkit.Chem.Scaffolds import MurckoScaffold

    RDLogger.DisableLog("rdApp.*")  # pyright: ignore[reportAttributeAccessIssue]
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=bits)
    descriptors, counts, scaffolds = [], [], []
    for place, text in enumerate(smiles, 1):
        molecule = Chem.MolFromSmiles(text)
        if molecule is None:
            raise ValueError(f"RDKit cannot read the SMILES {text!r}")
        descriptors.append([function(molecule) for _, function in Descriptors.descList])
        counts.append(generator.GetCountFingerprintAsNumPy(molecule))
        scaffolds.append(MurckoScaffold.MurckoScaffoldSmiles(mol=molecule))
        progress(place, len(smiles))
    return Features(
        descriptors=np.array(descriptors, float),
        names=np.array([name for name, _ in Descriptors.descList]),
        counts=np.array(counts, float),
        scaffolds=np.array(scaffolds, str),
    )


def kept_features(
    path: Path, smiles: Sequence[str], *, bits: int, radius: int, **how: Any
) -> Features:
    """Read the features from a file if it was made for these molecules; else compute and keep them."""
    import rdkit

    question = "\n".join([rdkit.__version__, str(bits), str(radius), *smiles])
    digest = hashlib.sha256(question.encode()).hexdigest()
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["digest"]) == digest:
                fields = dataclasses.fields(Features)
                return Features(**{field.name: kept[field.name] for field in fields})
    features = featurise(smiles, bits=bits, radius=radius, **how)
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: Any = vars(features) | {"digest": digest}
    write_whole(path, lambda stream: np.savez_compressed(stream, **arrays))
    return features


def informative(columns: np.ndarray) -> np.ndarray:
    """Leave out columns that are constant or somewhere not finite."""
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    return columns[:, _spread(columns) > 0]


def standardise(columns: np.ndarray, training: np.ndarray, limit: float) -> np.ndarray:
    """Standardise by the mean and the spread of the `training` rows alone.

    A few descriptors are so heavy-tailed that one molecule would otherwise decide their
    coefficients: what exceeds `limit` is cut off. Columns that are constant in training are zero.
    """
    spread = _spread(columns[training])
    centred = columns - columns[training].mean(axis=0)
    scaled = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return np.clip(scaled, -limit, limit)


def _spread(columns: np.ndarray) -> np.ndarray:
    """Standard deviations, where they are more than rounding."""
    spread = columns.std(axis=0)
    return np.where(spread > 1e-12 * np.abs(columns).max(axis=0), spread, 0)


def scaffold_groups(scaffolds: np.ndarray) -> np.ndarray:
    """Number the scaffolds; a molecule without a ring has none, and is a group of its own.

    As one group such molecules, half of FreeSolv, would be all that a student learns from.
    """
    count = len(scaffolds)
    _, groups = np.unique(scaffolds, return_inverse=True)
    return np.where(scaffolds == "", count + np.arange(count), groups)


def partition(
    groups: np.ndarray, shares: Sequence[float], generator: np.random.Generator
) -> list[np.ndarray]:
    """Part the rows at random, no group in two parts; the shares are met as well as groups allow.

    Groups come in random order, but those larger than half a part first, and go to the part with
    the most room. Rows of each part are in ascending order.
    """
    labels, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = generator.permutation(len(labels))
    large = sizes[order] > min(shares) * len(groups) / 2
    order = order[np.argsort(np.where(large, -sizes[order], 0), kind="stable")]
    room = np.array(shares, float) * len(groups)
    part_of = np.empty(len(labels), int)
    for group in order:
        part_of[group] = np.argmax(room)
        room[part_of[group]] -= sizes[group]
    return [np.flatnonzero(part_of[places] == part) for part in range(len(shares))]
