"""Folders that Hugging Face's `datasets` wrote by `save_to_disk`: Arrow streams, mapped into memory."""

import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.ipc

from w2sjax.auditing.checks import DataError, listed, one_line
from w2sjax.auditing.shards import grouped


def is_dataset(path: Path) -> bool:
    """Tell a folder of `save_to_disk`, of one split or of several."""
    return any((path / name).is_file() for name in ("state.json", "dataset_dict.json"))


def table(path: Path) -> Any:
    """Map a dataset's table into memory.

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
    tables = [_mapped(file) for file in files]
    if not tables:
        raise DataError(f"{path}: has no rows")
    for file, found in zip(files, tables, strict=True):
        if not found.schema.equals(tables[0].schema):
            raise DataError(
                f"{file}: has other columns than {files[0].name}: {listed(found.column_names)}"
            )
    return pyarrow.concat_tables(tables)


def _mapped(file: Path) -> Any:
    try:
        with pyarrow.memory_map(str(file)) as source:
            found = pyarrow.ipc.open_stream(source).read_all()
        found.validate(full=True)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{file}: cannot be read (truncated or corrupt): {one_line(error)}"
        ) from error
    return found
