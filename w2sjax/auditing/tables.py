"""Named columns of a CSV or Parquet file as the arrays of an audit."""

import collections
import fnmatch
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.checks import DataError, require_finite
from w2sjax.auditing.files import missing_extra

# How pyarrow's single-threaded reader names the place of an error; its rows count the header as 1.
_PLACE = re.compile(r"(?:In CSV column #(\d+): )?(?:CSV parse error: )?Row #(\d+): (.*)", re.DOTALL)
_SHOWN = 40  # column names listed in an error message


def read_table(
    path: Path,
    *,
    strong_columns: Sequence[str],
    weak_columns: Sequence[str],
    target_column: str | None,
    weights_column: str | None,
) -> dict[str, Any]:
    """Read the named columns of a CSV or Parquet file; columns that are not named are ignored.

    A name that is no column's own may be a shell glob (`x_*`), whose columns come in file order.
    Each column serves once. The weak models are named by their columns.

    Raises `DataError` for a file that cannot be parsed, a name without a column, a column that is
    named for two purposes or is not numeric, and empty, NaN or infinite cells; `ImportError`
    where pyarrow is not installed.
    """
    reader = _CsvReader(path) if path.suffix.lower() == ".csv" else _ParquetReader(path)
    roles = {
        "strong_columns": _matching(path, reader.names, "strong_columns", strong_columns),
        "weak_columns": _matching(path, reader.names, "weak_columns", weak_columns),
    }
    for role in ("strong_columns", "weak_columns"):
        if not roles[role]:
            raise DataError(f"{path}: {role} must name a column; {_held(reader.names)}")
    for role, name in (("target_column", target_column), ("weights_column", weights_column)):
        if name is not None:
            roles[role] = _matching(path, reader.names, role, [name])
            if len(roles[role]) > 1:
                matched = ", ".join(roles[role])
                raise DataError(f"{path}: {role} {name!r} must match one column, not {matched}")
    _require_one_role(path, reader.names, roles)
    table = reader.read([name for names in roles.values() for name in names])
    columns = {role: [table[name] for name in names] for role, names in roles.items()}
    arrays: dict[str, Any] = {
        "strong_features": np.stack(columns["strong_columns"], axis=1),
        "weak_predictions": np.stack(columns["weak_columns"]),
        "weak_names": roles["weak_columns"],
    }
    if "target_column" in columns:
        arrays["target"] = columns["target_column"][0]
    if "weights_column" in columns:
        arrays["weights"] = columns["weights_column"][0]
    return arrays


def _matching(path: Path, names: list[str], role: str, patterns: Sequence[str]) -> list[str]:
    """Return the columns that the names or shell globs select, each once, in order."""
    selected: dict[str, None] = {}
    known = set(names)
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if pattern in known:
            found = [pattern]
        else:
            found = [name for name in names if fnmatch.fnmatchcase(name, pattern)]
        if not found:
            raise DataError(f"{path}: {role}: no column matches {pattern!r}; {_held(names)}")
        selected.update(dict.fromkeys(found))
    return list(selected)


def _held(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN]) or "no columns"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"the file has: {shown}{more}"


def _require_one_role(path: Path, names: list[str], roles: dict[str, list[str]]) -> None:
    owner: dict[str, str] = {}
    counts = collections.Counter(names)
    for role, selected in roles.items():
        for name in selected:
            if counts[name] > 1:
                raise DataError(f"{path}: column {name!r} appears {counts[name]} times")
            if name in owner:
                raise DataError(f"{path}: column {name!r} is in both {owner[name]} and {role}")
            owner[name] = role


class _CsvReader:
    """A CSV file whose selected columns are numbers or true/false."""

    def __init__(self, path: Path):
        self.path = path
        self.names: list[str] = []
        try:
            import pyarrow
            import pyarrow.csv
        except ImportError as error:
            raise ImportError(missing_extra(path)) from error
        # One thread, so that errors say which row they are in; a row must fit into a block.
        self._options = pyarrow.csv.ReadOptions(use_threads=False, block_size=2**24)
        try:
            with pyarrow.csv.open_csv(path, read_options=self._options) as opened:
                schema, self.names = opened.schema, opened.schema.names
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise self._refusal(error) from error
        self._truths = {field.name for field in schema if pyarrow.types.is_boolean(field.type)}

    def read(self, names: list[str]) -> dict[str, np.ndarray]:
        """Read the named columns as finite float64 arrays."""
        import pyarrow
        import pyarrow.csv

        types = {
            name: pyarrow.bool_() if name in self._truths else pyarrow.float64() for name in names
        }
        convert = pyarrow.csv.ConvertOptions(
            include_columns=names, column_types=types, null_values=[""]
        )
        try:
            table = pyarrow.csv.read_csv(
                self.path, read_options=self._options, convert_options=convert
            )
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise self._refusal(error) from error
        return {name: _numbers(self.path, name, table.column(name)) for name in names}

    def _refusal(self, error: Exception) -> DataError:
        place = _PLACE.match(str(error))
        if place is None:
            return DataError(f"{self.path}: is not a readable CSV file: {error}")
        column, row, reason = place.groups()
        where = f"{self.path}: column {self.names[int(column)]!r}" if column else f"{self.path}"
        return DataError(f"{where}: row {int(row) - 2}: {reason}")


class _ParquetReader:
    """A Parquet file whose selected columns are numbers or true/false."""

    def __init__(self, path: Path):
        self.path = path
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise ImportError(missing_extra(path)) from error
        try:
            with pyarrow.parquet.ParquetFile(path) as opened:
                self.names: list[str] = opened.schema_arrow.names
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise DataError(f"{path}: is not a readable Parquet file: {error}") from error

    def read(self, names: list[str]) -> dict[str, np.ndarray]:
        """Read the named columns as finite float64 arrays."""
        import pyarrow
        import pyarrow.parquet

        try:
            with pyarrow.parquet.ParquetFile(self.path) as opened:
                table = opened.read(columns=names)
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise DataError(f"{self.path}: is not a readable Parquet file: {error}") from error
        return {name: _numbers(self.path, name, table.column(name)) for name in names}


def _numbers(path: Path, name: str, column: Any) -> np.ndarray:
    """Turn an Arrow column into a finite float64 array."""
    import pyarrow
    from pyarrow import types

    numeric = (types.is_floating, types.is_integer, types.is_boolean, types.is_decimal)
    if not any(is_kind(column.type) for is_kind in numeric):
        raise DataError(f"{path}: column {name!r}: holds {column.type}, not numbers")
    if column.null_count:
        row = int(np.argmax(column.is_null().to_numpy()))
        raise DataError(f"{path}: column {name!r}: empty cell at row {row}")
    array = column.cast(pyarrow.float64(), safe=False).to_numpy()
    require_finite(f"{path}: column {name!r}", array)
    return array
