"""Parquet files and Hugging Face datasets: names of columns, and columns of finite numbers."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet

from w2sjax.auditing import arrow_folders
from w2sjax.auditing.checks import DataError
from w2sjax.auditing.list_columns import decoded, grouped_rows, is_list, require_width
from w2sjax.auditing.pieces import Pieces
from w2sjax.auditing.shards import grouped, natural, require_same_columns
from w2sjax.auditing.table_files import numbers, refusals


class ParquetReader:
    """A Parquet file, or all those in a folder, whose selected columns are numbers or lists of them."""

    def __init__(self, path: Path):
        self.path = path
        self._files = [path]
        if path.is_dir():
            self._files = sorted(path.rglob("[!._]*.parquet"), key=natural)
            if not self._files:
                raise DataError(f"{path}: is a folder without .parquet files")
            for folder in {file.parent for file in self._files}:
                grouped(file for file in self._files if file.parent == folder)
        with refusals(path, "Parquet"):
            # Folders' names are no columns.
            self._dataset = pyarrow.parquet.ParquetDataset(
                self._files,
                partitioning=None,  # pyright: ignore[reportArgumentType]
            )
            self._schema = self._dataset.schema
            self.names: list[str] = self._schema.names

    def read(self, names: list[str]) -> tuple[list[np.ndarray], list[str]]:
        """Read the named columns as finite float64 arrays, and say which digits were lost."""
        self._require_types(names)
        with refusals(self.path, "Parquet"):
            table = self._dataset.read(columns=names)
        return numbers(self.path, table.select(names))

    def holds_lists(self, name: str) -> bool:
        """Tell a column whose cells are lists."""
        return is_list(self._schema.field(name).type)

    def rows(self, name: str) -> Pieces:
        """Give a column of lists where it is: row groups are decoded when they are read."""
        self._require_types([name])
        groups = []
        for file in self._files:
            with refusals(file, "Parquet"), pyarrow.parquet.ParquetFile(file) as opened:
                counts = [
                    opened.metadata.row_group(group).num_rows
                    for group in range(opened.num_row_groups)
                ]
            starts = np.cumsum([0, *counts]).tolist()
            groups += [
                (file, count, partial(self._group, file, group, starts[group], name))
                for group, count in enumerate(counts)
            ]
        if not sum(count for _, count, _ in groups):
            raise DataError(f"{self.path}: has no rows")
        return grouped_rows(groups)

    def _group(self, file: Path, group: int, first_row: int, name: str) -> np.ndarray:
        with refusals(file, "Parquet"), pyarrow.parquet.ParquetFile(file) as opened:
            column = opened.read_row_group(group, columns=[name]).column(name)
        return decoded(f"{file}: column {name.strip()!r}", column, first_row)

    def _require_types(self, names: list[str]) -> None:
        """Raise `DataError` where a file has not all columns, or of other types, which pyarrow converts."""
        first = self._files[0]
        for file in self._files[1:]:
            with refusals(file, "Parquet"):
                schema = pyarrow.parquet.read_schema(file)
            require_same_columns(file, schema, first, self._schema, names)

    def cells(self, name: str) -> list[Any]:
        """Read a column as it is."""
        with refusals(self.path, "Parquet"):
            return self._dataset.read(columns=[name]).column(name).to_pylist()


class DatasetReader:
    """A folder that Hugging Face's `datasets` wrote, whose selected columns are numbers or lists of them."""

    def __init__(self, path: Path):
        self.path = path
        self._shards = arrow_folders.shards(path)
        self._table = pyarrow.concat_tables([shard.table for shard in self._shards])
        self.names: list[str] = self._table.column_names

    def read(self, names: list[str]) -> tuple[list[np.ndarray], list[str]]:
        """Read the named columns as finite float64 arrays, and say which digits were lost."""
        columns, notes = numbers(self.path, self._table.select(names))
        return [column.copy() for column in columns], notes  # of what is mapped

    def holds_lists(self, name: str) -> bool:
        """Tell a column whose cells are lists."""
        return is_list(self._table.schema.field(name).type)

    def rows(self, name: str) -> Pieces:
        """Give a column of lists where it is."""
        parts: list[Any] = []
        for shard in self._shards:
            label, first_row = f"{shard.file}: column {name.strip()!r}", 0
            for chunk in shard.table.column(name).chunks:
                if len(chunk):
                    array = decoded(label, pyarrow.chunked_array([chunk]), first_row)
                    parts.append(shard.unmapped(array))
                    require_width(label, array, parts[0])
                first_row += len(chunk)
        if not parts:
            raise DataError(f"{self.path}: has no rows")
        return Pieces(parts)

    def cells(self, name: str) -> list[Any]:
        """Read a column as it is."""
        return self._table.column(name).to_pylist()
