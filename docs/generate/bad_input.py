"""The table of bad input: every kind of it, given to the audit in every format that can hold it."""

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from docs.generate.markdown import table

Arrays = dict[str, np.ndarray]
ROWS, WIDTH = 12, 3
BY_MODEL = "weak_predictions"


def good() -> Arrays:
    """Give arrays that an audit takes."""
    random = np.random.default_rng(0)
    return {
        "strong_features": random.normal(size=(ROWS, WIDTH)),
        BY_MODEL: random.normal(size=(1, ROWS)),
        "target": random.normal(size=ROWS),
        "weights": np.ones(ROWS),
    }


def _last(name: str, value: float) -> Callable[[Arrays], Arrays]:
    def changed(arrays: Arrays) -> Arrays:
        arrays[name].flat[-1] = value
        return arrays

    return changed


def _as(name: str, make: Callable[[np.ndarray], np.ndarray]) -> Callable[[Arrays], Arrays]:
    return lambda arrays: arrays | {name: make(arrays[name])}


VALUES: dict[str, Callable[[Arrays], Arrays]] = {
    "NaN in the last row of the features": _last("strong_features", np.nan),
    "infinity in the last row of the features": _last("strong_features", np.inf),
    "NaN in the predictions": _last(BY_MODEL, np.nan),
    "NaN in the target": _last("target", np.nan),
    "a negative weight": _last("weights", -1.0),
    "weights that sum to zero": _as("weights", lambda weights: 0 * weights),
    "strings for features": _as("strong_features", lambda values: np.full(values.shape, "a")),
    "no rows": lambda arrays: (
        {name: values[..., :0] for name, values in arrays.items()}
        | {"strong_features": arrays["strong_features"][:0]}
    ),
    "a row too few in the target": _as("target", lambda values: values[1:]),
    "no predictions": lambda arrays: {n: v for n, v in arrays.items() if n != BY_MODEL},
}


def _cut(files: list[Path]) -> None:
    if files[-1].suffix == ".csv":  # which may end in any row
        raise LookupError
    content = files[-1].read_bytes()
    files[-1].write_bytes(content[: len(content) // 2])


def _change(make: Callable[[np.ndarray], np.ndarray]) -> Callable[[list[Path]], None]:
    def changed(files: list[Path]) -> None:
        shards = [file for file in files if "strong_features-" in file.name]
        if not shards:
            raise LookupError
        np.save(shards[-1], make(np.load(shards[-1])))

    return changed


def _without(files: list[Path]) -> None:
    if len(files) == 1:
        raise LookupError
    files[-1].unlink()


FILES: dict[str, Callable[[list[Path]], Any]] = {
    "a file cut in half": _cut,
    "an empty file": lambda files: files[-1].write_bytes(b""),
    "a shard that is missing": _without,
    "a shard of another width": _change(lambda values: values[:, 1:]),
    "a shard of another type": _change(lambda values: values.astype(np.float16)),
    "a shard of fewer rows": _change(lambda values: values[1:]),
}


def _npz(folder: Path, arrays: Arrays) -> Path:
    np.savez(folder / "data.npz", **arrays)  # pyright: ignore[reportArgumentType]
    return folder / "data.npz"


def _npy(folder: Path, arrays: Arrays) -> Path:
    for name, values in arrays.items():
        for place, part in enumerate(
            np.array_split(values, 2, axis=values.ndim - 1 if name == BY_MODEL else 0)
        ):
            np.save(folder / f"{name}-{place:05}-of-00002.npy", part)
    return folder


def _safetensors(folder: Path, arrays: Arrays) -> Path:
    from safetensors.numpy import save_file

    if any(values.dtype.kind == "U" for values in arrays.values()):
        raise LookupError
    held = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    save_file(held, folder / "data.safetensors")
    return folder / "data.safetensors"


def _arrow(arrays: Arrays) -> Any:
    import pyarrow

    if len({values.shape[-1 if name == BY_MODEL else 0] for name, values in arrays.items()}) > 1:
        raise LookupError
    columns = {name: values.reshape(-1) for name, values in arrays.items()}
    features = arrays["strong_features"]
    kind = pyarrow.list_(pyarrow.string() if features.dtype.kind == "U" else pyarrow.float64())
    columns["strong_features"] = pyarrow.array(features.tolist(), kind)
    return pyarrow.table(columns)


def _parquet(folder: Path, arrays: Arrays) -> Path:
    import pyarrow.parquet

    whole = _arrow(arrays)
    for place in range(2):
        part = whole.slice(place * ROWS // 2, ROWS // 2)
        pyarrow.parquet.write_table(part, folder / f"data-{place:05}-of-00002.parquet")
    return folder


def _dataset(folder: Path, arrays: Arrays) -> Path:
    import pyarrow

    whole, names = _arrow(arrays), [f"data-{place:05}-of-00002.arrow" for place in range(2)]
    for place, name in enumerate(names):
        with pyarrow.ipc.new_stream(folder / name, whole.schema) as stream:
            stream.write_table(whole.slice(place * ROWS // 2, ROWS // 2))
    state = {"_data_files": [{"filename": name} for name in names]}
    (folder / "state.json").write_text(json.dumps(state))
    return folder


def _csv(folder: Path, arrays: Arrays) -> Path:
    whole = _arrow(arrays)
    lists = whole.column("strong_features").to_pylist()
    columns = {f"x_{place}": [row[place] for row in lists] for place in range(WIDTH)}
    columns |= {name: whole.column(name).to_pylist() for name in whole.column_names[1:]}
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    (folder / "data.csv").write_text("\n".join(lines) + "\n")
    return folder / "data.csv"


FORMATS: dict[str, Callable[[Path, Arrays], Path]] = {
    ".npz": _npz,
    ".npy shards": _npy,
    ".safetensors": _safetensors,
    "Parquet files": _parquet,
    "dataset": _dataset,
    ".csv": _csv,
}


def tried() -> Iterator[tuple[str, str, str | None]]:
    """Give each bad input and format with the line that refuses it; None where the format cannot hold it."""
    for bad in (*VALUES, *FILES):
        for kind, write in FORMATS.items():
            with tempfile.TemporaryDirectory() as folder:
                try:
                    path = write(Path(folder), VALUES.get(bad, lambda arrays: arrays)(good()))
                    if bad in FILES:
                        files = sorted(file for file in Path(folder).iterdir() if "-" in file.name)
                        FILES[bad](files or [path])
                    line = _audited(path, tables=kind in ("Parquet files", "dataset", ".csv"))
                    yield bad, kind, line.replace(f"{folder}/", "").replace(folder, "data")
                except LookupError:
                    yield bad, kind, None


def _audited(path: Path, *, tables: bool) -> str:
    from rich.console import Console

    from w2sjax.auditing.command import run

    strong = ["x_*"] if path.suffix == ".csv" else ["strong_features"]
    columns = {"strong_columns": strong, "weak_columns": [BY_MODEL], "target_column": "target"}
    options: dict[str, Any] = columns | {"weights_column": "weights"} if tables else {}
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        code = run(str(path), console=Console(file=io.StringIO()), **options)
    line = errors.getvalue().strip()
    if code != 2 or not line.startswith("error: ") or "\n" in line:
        raise AssertionError(f"{path} ended with {code}: {line}")
    return line.removeprefix("error: ")


def bad_input() -> str:
    """Write the page."""
    found = list(tried())
    lines = [
        "# Bad input",
        "",
        "What `w2sjax audit` says of it, on the standard error stream, before it ends with exit code 2.",
        "`w2sjax.load` raises the same line as a `DataError`. Formats that cannot hold an error are left",
        "out; so is a CSV file that is cut, which may end in any row.",
        "",
    ]
    for bad in (*VALUES, *FILES):
        rows = [(kind, f"`{line}`") for its, kind, line in found if its == bad and line]
        lines += [f"## {bad[0].upper()}{bad[1:]}", "", *table(("format", "answer"), rows)]
    return "\n".join(lines)
