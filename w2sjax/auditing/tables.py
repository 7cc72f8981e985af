"""Named columns of CSV and Parquet files as the arrays of an audit."""

import collections
import fnmatch
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.checks import DataError, listed
from w2sjax.auditing.files import missing_extra
from w2sjax.language.names import suggestion

_TABLE = re.compile(r".*\.(csv(\.gz|\.bz2|\.zst)?|parquet)", re.IGNORECASE)
_CHANCES = {  # each name or glob is a model
    "probability_columns": "weak_probabilities",
    "student_probability_columns": "student_probabilities",
}


def is_table(path: Path) -> bool:
    """Tell a CSV file, a Parquet file and a folder of Parquet files from what holds arrays."""
    if path.is_dir():
        if path.suffix.lower() == ".parquet" or (path / "state.json").exists():
            return True
        if (path / "dataset_dict.json").exists():
            return True
        arrays = any(path.glob("strong_features*.npy")) or any(path.glob("*.safetensors"))
        return not arrays and any(path.rglob("*.parquet"))
    return _TABLE.fullmatch(path.name) is not None


def read_table(path: Path, columns: dict[str, Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """Read the columns named for each purpose, and sentences about digits that were lost.

    Columns that are not named are ignored, and so are spaces around a name. A name that is no
    column's own may be a shell glob (`x_*`), whose columns come in file order. Each column serves
    once. The weak models are named by their columns, or by what `probability_columns` has for them.

    Raises `DataError` for a file that cannot be parsed, a name without a column or with several, a
    column that is named for two purposes or is not numeric, and empty, NaN or infinite cells;
    `ImportError` where pyarrow is not installed.
    """
    reader = _reader(path)
    columns = dict(columns)
    classes = columns.pop("class_names", ())
    names = [name.strip() for name in reader.names]
    roles, models = _roles(path, names, columns)
    own = {name: reader.names[names.index(name)] for name in names}
    labels, strong = roles.pop("label_column", []), roles["strong_columns"]
    stays = len(strong) == 1 and reader.holds_lists(own[strong[0]])
    selected = [
        name for found in (roles, *models.values()) for role in found.values() for name in role
    ]
    selected = [name for name in selected if not (stays and name == strong[0])]
    found, notes = reader.read([own[name] for name in selected]) if selected else ([], [])
    table = dict(zip(selected, found, strict=True))
    arrays: dict[str, Any] = {
        "strong_features": reader.rows(own[strong[0]]) if stays else _beside(table, strong)
    }
    arrays |= _predictions(path, table, roles)
    for role, name in _CHANCES.items():
        if models[role]:
            arrays[name] = _probabilities(path, table, models[role])
    if models["probability_columns"]:
        arrays["weak_names"] = [one.strip() for one in columns["probability_columns"]]
    if classes:
        arrays["class_names"] = np.array(list(classes))
    for name in labels:
        arrays["labels"] = _labels(path, name, reader.cells(own[name]))
    return arrays, notes


def _roles(path: Path, names: list[str], columns: dict[str, Sequence[str]]) -> tuple[Any, Any]:
    """Find the columns of each role, and of each model that has probabilities."""
    chances = {role: columns.get(role, ()) for role in _CHANCES}
    columns = {role: named for role, named in columns.items() if role not in _CHANCES}
    if chances["probability_columns"]:
        if columns["weak_columns"]:
            raise DataError(f"{path}: name weak_columns or probability_columns, not both")
        del columns["weak_columns"]
    roles = {role: _matching(path, names, role, named) for role, named in columns.items()}
    models = {
        role: {f"{role} {one!r}": _matching(path, names, f"{role} {one!r}", [one]) for one in named}
        for role, named in chances.items()
    }
    every = roles | {label: found for named in models.values() for label, found in named.items()}
    _require_one_role(path, names, every)
    return roles, models


def _predictions(path: Path, table: dict[str, np.ndarray], roles: Any) -> dict[str, Any]:
    """Give the arrays that have one number a point, and the true probabilities."""
    arrays: dict[str, Any] = {}
    if "weak_columns" in roles:
        arrays["weak_predictions"] = np.stack(_vectors(path, table, roles, "weak_columns"))
        arrays["weak_names"] = roles["weak_columns"]
    for name in ("target", "weights"):
        if f"{name}_column" in roles:
            (arrays[name],) = _vectors(path, table, roles, f"{name}_column")
    truth = "target_probability_columns"
    if truth in roles:
        arrays["target_probabilities"] = _probabilities(path, table, {truth: roles[truth]})[0]
    return arrays


def _reader(path: Path) -> Any:
    try:
        from w2sjax.auditing import arrow_files, arrow_folders, table_files
    except ImportError as error:
        raise ImportError(missing_extra(path)) from error
    if path.is_dir() and arrow_folders.is_dataset(path):
        return arrow_files.DatasetReader(path)
    parquet = path.is_dir() or path.suffix.lower() == ".parquet"
    return arrow_files.ParquetReader(path) if parquet else table_files.CsvReader(path)


def _beside(table: dict[str, np.ndarray], selected: list[str]) -> np.ndarray:
    """Put columns beside each other, whose cells are numbers or lists."""
    return np.column_stack([table[name] for name in selected])


def _vectors(path: Path, table: dict[str, np.ndarray], roles: Any, role: str) -> list[np.ndarray]:
    for name in roles[role]:
        if table[name].ndim > 1:
            raise DataError(f"{path}: {role}: column {name!r} holds lists; expected numbers")
    return [table[name] for name in roles[role]]


def _probabilities(path: Path, table: dict[str, np.ndarray], models: dict[str, list[str]]) -> Any:
    """Stack a table of probabilities for each model; a single column is that of the second class."""
    stacks = []
    for role, selected in models.items():
        found = _beside(table, selected)
        count = found.shape[1]
        if count == 1:
            found = np.concatenate([1 - found, found], axis=1)
        stacks.append(found)
        if found.shape != stacks[0].shape:
            raise DataError(
                f"{path}: {role} matches {count} columns, but the first weak model has "
                f"{stacks[0].shape[1]} classes"
            )
    return np.stack(stacks)


def _labels(path: Path, name: str, cells: list[Any]) -> np.ndarray:
    """Make whole numbers of cells if all are, else strings."""
    for row, cell in enumerate(cells):
        if cell is None or str(cell).strip() == "":
            raise DataError(f"{path}: column {name!r}: empty cell at row {row}")
    written = [str(cell).strip() for cell in cells]
    whole = all(re.fullmatch(r"[+-]?\d{1,18}", cell) for cell in written)
    return np.array([int(cell) for cell in written] if whole else written)


def _matching(path: Path, names: list[str], role: str, patterns: Sequence[str]) -> list[str]:
    """Return the columns that the names or shell globs select, each once, in order."""
    selected: list[str] = []
    known = set(names)
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        pattern = pattern.strip()
        found = [pattern]
        if pattern not in known:
            found = [name for name in names if fnmatch.fnmatchcase(name, pattern)]
        if not found:
            near = suggestion(pattern, names) or f"the file has: {listed(names)}"
            raise DataError(f"{path}: {role}: no column matches {pattern!r}; {near}")
        selected += found
    selected = list(dict.fromkeys(selected))
    if not selected:
        raise DataError(f"{path}: {role} must name a column; the file has: {listed(names)}")
    if role.endswith("_column") and len(selected) > 1:
        matched = f"{patterns[0]!r} must match one column, not {listed(selected)}"
        raise DataError(f"{path}: {role} {matched}")
    return selected


def _require_one_role(path: Path, names: list[str], roles: dict[str, list[str]]) -> None:
    owner: dict[str, str] = {}
    counts = collections.Counter(names)
    for role, selected in roles.items():
        for name in selected:
            if counts[name] > 1:
                raise DataError(
                    f"{path}: column {name!r} appears {counts[name]} times (spaces around it apart)"
                )
            if name in owner:
                raise DataError(f"{path}: column {name!r} is in both {owner[name]} and {role}")
            owner[name] = role
