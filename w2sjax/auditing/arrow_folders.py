"""Folders that Hugging Face's `datasets` wrote by `save_to_disk`: Arrow streams, mapped into memory."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.ipc

from w2sjax.auditing.checks import DataError, listed, one_line
from w2sjax.auditing.file_rows import FileRows
from w2sjax.auditing.shards import grouped, require_same_columns


@dataclasses.dataclass(frozen=True)
class Mapped:
    """A shard of a dataset in memory.

    Attributes:
        file: which.
        table: its rows.
        address: of its first byte.
        size: in bytes.
    """

    file: Path
    table: Any
    address: int
    size: int

    def unmapped(self, array: np.ndarray) -> Any:
        """Give an array of its numbers as rows of the file; one that lies elsewhere as it is."""
        start = array.ctypes.data - self.address
        if not (0 <= start and start + array.nbytes <= self.size and array.flags.c_contiguous):
            return array
        return FileRows(self.file, start, array.shape, array.dtype)


def is_dataset(path: Path) -> bool:
    """Tell a folder of `save_to_disk`, of one split or of several."""
    return any((path / name).is_file() for name in ("state.json", "dataset_dict.json"))


def shards(path: Path) -> list[Mapped]:
    """Map a dataset's shards into memory.

    Raises `DataError`, naming the file, for a folder of several splits, a shard that is missing, damaged or
    has other columns, and rows that are chosen by an index that was not written out.
    """
    if not (path / "state.json").is_file():
        splits = sorted(one.parent.name for one in path.glob("*/state.json"))
        raise DataError(f"{path}: holds several splits; name the folder of one: {listed(splits)}")
    try:
        state = json.loads((path / "state.json").read_bytes())
        names = [entry["filename"] for entry in state["_data_files"]]
        chosen = state.get("_indices_files") or state.get("_indices_data_files")
        files = [path / name for name in names]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{path / 'state.json'}: is not readable: {one_line(repr(error))}"
        ) from error
    if chosen:
        raise DataError(f"{path}: chooses rows by an index; save dataset.flatten_indices()")
    held = {file.name for file in path.iterdir()}
    for name in names:
        if name not in held:
            raise DataError(f"{path}: shard {one_line(name)} is missing, which state.json names")
    grouped(files)
    found = [_mapped(file) for file in files]
    if not found:
        raise DataError(f"{path}: has no rows")
    expected = found[0].table.schema
    for one in found:
        require_same_columns(one.file, one.table.schema, files[0], expected, expected.names)
        if not one.table.schema.equals(expected):
            raise DataError(
                f"{one.file}: has other columns than {files[0].name}: {listed(one.table.column_names)}"
            )
    return found


def _mapped(file: Path) -> Mapped:
    try:
        with pyarrow.memory_map(str(file)) as source:
            whole = source.read_buffer()
            found = pyarrow.ipc.open_stream(whole).read_all()
        found.validate(full=True)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{file}: cannot be read (truncated or corrupt): {one_line(error)}"
        ) from error
    return Mapped(file, found, whole.address, whole.size)
