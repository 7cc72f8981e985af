"""Arrays of an audit in two parts, written in every format: where it has shards, a shard a part."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]
BY_MODEL = "weak_predictions"  # has its points along the last axis


def by_point(arrays: Arrays, take: Callable[[np.ndarray], np.ndarray]) -> Arrays:
    """Take of every array some points."""
    return {
        name: take(values.T).T if name == BY_MODEL else take(values)
        for name, values in arrays.items()
    }


def halves(arrays: Arrays) -> tuple[Arrays, Arrays]:
    """Part every array along the points."""
    first = by_point(arrays, lambda values: np.array_split(values, 2)[0])
    return first, by_point(arrays, lambda values: np.array_split(values, 2)[1])


def _whole(first: Arrays, last: Arrays) -> Arrays:
    return {
        name: np.concatenate([values, last[name]], axis=-1 if name == BY_MODEL else 0)
        for name, values in first.items()
        if name not in last or values.shape[1:] == last[name].shape[1:] or name == BY_MODEL
    }


def _npz(folder: Path, first: Arrays, last: Arrays) -> Path:
    np.savez(folder / "data.npz", **_whole(first, last))  # pyright: ignore[reportArgumentType]
    return folder / "data.npz"


def _npy(folder: Path, first: Arrays, last: Arrays) -> Path:
    for place, part in enumerate((first, last)):
        for name, values in part.items():
            np.save(folder / f"{name}-{place:05}-of-00002.npy", values)
    return folder


def _safetensors(folder: Path, first: Arrays, last: Arrays) -> Path:
    from safetensors.numpy import save_file

    for place, part in enumerate((first, last)):
        if any(values.dtype.kind == "U" for values in part.values()):
            raise LookupError
        held = {name: np.ascontiguousarray(values) for name, values in part.items()}
        save_file(held, folder / f"data-{place:05}-of-00002.safetensors")
    return folder


def _columns(arrays: Arrays) -> dict[str, Any]:
    """Give the columns of a table: numbers, or rows of them."""
    columns = {
        name: values.reshape(-1) if name == BY_MODEL else values for name, values in arrays.items()
    }
    features = arrays["strong_features"]
    if len(set(map(len, columns.values()))) > 1 or features.ndim != 2 or features.dtype.kind == "c":
        raise LookupError
    return columns


def _arrow(arrays: Arrays) -> Any:
    import pyarrow

    def column(values: np.ndarray) -> Any:
        kind = pyarrow.from_numpy_dtype(values.dtype)
        if values.ndim == 1:
            return pyarrow.array(values, kind)
        return pyarrow.array(list(values), pyarrow.list_(kind))

    return pyarrow.table({name: column(values) for name, values in _columns(arrays).items()})


def _parquet(folder: Path, first: Arrays, last: Arrays) -> Path:
    import pyarrow.parquet

    for place, part in enumerate((first, last)):
        file = folder / f"data-{place:05}-of-00002.parquet"
        pyarrow.parquet.write_table(_arrow(part), file)
    return folder


def _dataset(folder: Path, first: Arrays, last: Arrays) -> Path:
    import pyarrow

    names = [f"data-{place:05}-of-00002.arrow" for place in range(2)]
    for name, part in zip(names, (first, last), strict=True):
        table = _arrow(part)
        with pyarrow.ipc.new_stream(folder / name, table.schema) as stream:
            stream.write_table(table)
    state = {"_data_files": [{"filename": name} for name in names]}
    (folder / "state.json").write_text(json.dumps(state))
    return folder


def _csv(folder: Path, first: Arrays, last: Arrays) -> Path:
    columns = {}
    for name, values in _columns(_whole(first, last)).items():
        cells = {name: values}
        if values.ndim == 2:
            cells = {f"{name}_{place}": column for place, column in enumerate(values.T)}
        columns |= cells
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    (folder / "data.csv").write_text("\n".join(lines) + "\n")
    return folder / "data.csv"


FORMATS: dict[str, Callable[[Path, Arrays, Arrays], Path]] = {
    ".npz": _npz,
    ".npy shards": _npy,
    ".safetensors shards": _safetensors,
    "Parquet files": _parquet,
    "dataset": _dataset,
    ".csv": _csv,
}
TABLES = ("Parquet files", "dataset", ".csv")
