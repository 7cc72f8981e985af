"""What of the user's files is read by what: the arrays of an audit, by name."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from w2sjax.auditing import files, safetensors_files, tables
from w2sjax.auditing.changes import unchanged
from w2sjax.auditing.checks import DataError

COLUMNS = (  # of a table, and names of arrays
    "strong_columns",
    "weak_columns",
    "probability_columns",
    "student_probability_columns",
    "target_probability_columns",
    "class_names",
    "target_column",
    "label_column",
    "weights_column",
    "arrays",
)
PICKLES = {  # and how to load one
    **dict.fromkeys((".pt", ".pth", ".bin"), "held = torch.load({!r}, map_location='cpu')"),
    **dict.fromkeys((".pkl", ".pickle"), "held = pickle.load(open({!r}, 'rb'))"),
    ".joblib": "held = joblib.load({!r})",
}


def stored(
    path: str | Path,
    *,
    strong_columns: Sequence[str] = (),
    weak_columns: Sequence[str] = (),
    probability_columns: Sequence[str] = (),
    student_probability_columns: Sequence[str] = (),
    target_probability_columns: Sequence[str] = (),
    class_names: Sequence[str] = (),
    target_column: str | None = None,
    label_column: str | None = None,
    weights_column: str | None = None,
    arrays: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """Read the arrays of an audit from a file or folder, by name, with sentences about what was lost.

    `path` is an .npz file, a .safetensors file or a folder of either .npy or .safetensors files, with the
    arrays that `audit_data` or `classifier_data` take, by name or by what `arrays` calls them, such as
    {"strong_features": "layer_20"}; features stay in all but .npz files, and arrays of folders may be in
    shards (`strong_features-00003-of-00012.npy`).

    Or it is a table, whose columns the other arguments select by name or shell glob: a .csv file (.gz, .bz2,
    .zst too), a .parquet file or a folder of them (in the order of their names, numbers as numbers), or a
    folder that Hugging Face's `datasets` wrote by `save_to_disk`. Each of `probability_columns` is a weak
    model: the columns of its classes, or one, whose cells are lists or chances of the second of two classes;
    `student_probability_columns` are those of the students, `class_names` the classes in that order. Features
    in one column of lists are read a few row groups at a time.

    Raises `DataError` for files that are missing, unknown, damaged, change meanwhile or lack an array or
    column; `ImportError` where the extra `audit` is needed.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    columns: dict[str, Any] = {
        "strong_columns": strong_columns,
        "weak_columns": weak_columns,
    }
    several = {
        "probability_columns": probability_columns,
        "student_probability_columns": student_probability_columns,
        "target_probability_columns": target_probability_columns,
        "class_names": class_names,
    }
    columns |= {role: given for role, given in several.items() if len(given)}
    single = {
        "target_column": target_column,
        "label_column": label_column,
        "weights_column": weights_column,
    }
    columns |= {role: [name] for role, name in single.items() if name is not None}
    with unchanged(path):
        return _read(path, columns, arrays or {})


def _read(path: Path, columns: dict[str, Any], arrays: Mapping[str, str]) -> Any:
    """Read columns of a table, or arrays."""
    if tables.is_table(path):
        if arrays:
            raise DataError(f"{path}: is a table: name columns, not arrays")
        return tables.read_table(path, columns)
    read = _reader(path)
    if any(columns.values()):
        found = "is a folder without .parquet files" if path.is_dir() else "holds arrays"
        raise DataError(
            f"{path}: {found}; columns can be named for .csv, .csv.gz and .parquet files only"
        )
    return read(path, arrays)


def _reader(path: Path) -> Callable[[Path, files.Names], tuple[dict[str, Any], list[str]]]:
    """Choose what reads named arrays; raises `DataError` for what nothing reads."""
    kind = path.suffix.lower()
    if path.is_dir():
        tensors = any(path.glob("*.safetensors")) and not any(path.glob("*.npy"))
        return safetensors_files.read_safetensors if tensors else files.read_folder
    if kind in PICKLES:
        raise DataError(
            f"{path}: is a pickle, which can run any code and is never loaded; where you trust it, "
            f"convert it: {PICKLES[kind].format(path.name)}; numpy.savez('data.npz', strong_features=..., "
            "weak_predictions=...)"
        )
    readers = {".npz": files.read_npz, ".safetensors": safetensors_files.read_safetensors}
    if kind not in readers:
        raise DataError(
            f"{path}: unknown extension {path.suffix!r}; expected .npz, .safetensors, .csv, "
            ".csv.gz, .parquet or a folder of .npy, .safetensors or .parquet files"
        )
    return readers[kind]
