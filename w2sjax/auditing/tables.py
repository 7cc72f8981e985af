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


def is_table(path: Path) -> bool:
    """Tell a CSV file, a Parquet file and a folder of Parquet files from what holds arrays."""
    if path.is_dir():
        arrays = (path / "strong_features.npy").exists()
        return not arrays and (path.suffix.lower() == ".parquet" or any(path.glob("*.parquet")))
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
    try:
        from w2sjax.auditing import table_files
    except ImportError as error:
        raise ImportError(missing_extra(path)) from error
    parquet = path.is_dir() or path.suffix.lower() == ".parquet"
    reader = table_files.ParquetReader(path) if parquet else table_files.CsvReader(path)
    names = [name.strip() for name in reader.names]
    columns = dict(columns)
    chances = columns.pop("probability_columns", ())
    if chances and columns["weak_columns"]:
        raise DataError(f"{path}: name weak_columns or probability_columns, not both")
    if chances:
        del columns["weak_columns"]
    roles = {role: _matching(path, names, role, named) for role, named in columns.items()}
    models = {f"probability_columns {one!r}": [one] for one in chances}
    models = {role: _matching(path, names, role, named) for role, named in models.items()}
    _require_one_role(path, names, roles | models)
    label = roles.pop("label_column", [])
    selected = [name for role in (roles | models).values() for name in role]
    found, notes = reader.read([reader.names[names.index(name)] for name in selected])
    table = dict(zip(selected, found, strict=True))
    arrays: dict[str, Any] = {
        "strong_features": np.stack([table[name] for name in roles["strong_columns"]], axis=1),
    }
    if "weak_columns" in roles:
        arrays["weak_predictions"] = np.stack([table[name] for name in roles["weak_columns"]])
        arrays["weak_names"] = roles["weak_columns"]
    if models:
        arrays["weak_probabilities"] = _probabilities(path, table, models)
        arrays["weak_names"] = [one.strip() for one in chances]
    for name in label:
        arrays["labels"] = _labels(path, name, reader.cells(reader.names[names.index(name)]))
    for name in ("target", "weights"):
        if f"{name}_column" in roles:
            arrays[name] = table[roles[f"{name}_column"][0]]
    return arrays, notes


def _probabilities(path: Path, table: dict[str, np.ndarray], models: dict[str, list[str]]) -> Any:
    """Stack a table of probabilities for each weak model; a single column is that of the second class."""
    stacks = []
    for role, selected in models.items():
        found = np.stack([table[name] for name in selected], axis=1)
        stacks.append(np.concatenate([1 - found, found], axis=1) if len(selected) == 1 else found)
        if stacks[-1].shape != stacks[0].shape:
            raise DataError(
                f"{path}: {role} matches {len(selected)} columns, but the first weak model has "
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
