"""Named arrays from an .npz file, a folder of .npy files or a .safetensors file."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.checks import DataError, listed, one_line

REQUIRED = ("strong_features", "weak_predictions")
CLASSES = ("labels", "target_probabilities", "student_probabilities", "class_names")
OPTIONAL = (
    "weak_names",
    "target",
    "weights",
    "student_predictions",
    "weak_probabilities",
    *CLASSES,
)

_SAFETENSORS_TYPES = {  # and those that numpy writes with a letter and a number of bits
    "BF16": "V2",
    "BOOL": "?",
    **{f"{kind}{bits}": f"<{kind.lower()}{bits // 8}" for kind in "FIU" for bits in (16, 32, 64)},
    "I8": "i1",
    "U8": "u1",
}


def missing_extra(path: Path) -> str:
    """Say how to install what reading `path` needs."""
    return f"{path}: reading a {path.suffix} file needs the extra: pip install 'w2sjax[audit]'"


def read_npz(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Read the known arrays of an .npz file into memory; a sentence names the others."""
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: is not an .npz file (truncated, corrupt or another format)")
    with path.open("rb") as file:
        try:
            archive = np.load(file, allow_pickle=False)
        except Exception as error:
            raise DataError(
                f"{path}: cannot be read (truncated or corrupt): {one_line(error)}"
            ) from error
        return _read(path, archive.files, archive.__getitem__)


def read_folder(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Map the known .npy files of a folder into memory, read-only; a sentence names the others."""
    stored = sorted(file.stem for file in path.glob("*.npy"))
    return _read(path, stored, lambda n: np.lib.format.open_memmap(path / f"{n}.npy", mode="r"))


def read_safetensors(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Map the known tensors of a .safetensors file into memory, read-only, and name the others.

    The format has no strings, so `weak_names` is read from its metadata, as a JSON list. Raises
    `ImportError` where safetensors is not installed.
    """
    try:
        import safetensors
    except ImportError as error:
        raise ImportError(missing_extra(path)) from error
    try:
        # The library checks the header: offsets, overlaps, lengths.
        with safetensors.safe_open(path, framework="numpy") as checked:
            metadata = checked.metadata() or {}
            stored = list(checked.keys())
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
    except (OSError, ValueError, safetensors.SafetensorError) as error:
        raise DataError(
            f"{path}: is not a readable .safetensors file: {one_line(error)}"
        ) from error

    def mapped(name: str) -> np.ndarray:
        entry = header[name]
        if entry["dtype"] not in _SAFETENSORS_TYPES:
            raise DataError(f"{path}: {name}: has dtype {entry['dtype']}; expected real numbers")
        kind, offset = _SAFETENSORS_TYPES[entry["dtype"]], 8 + length + entry["data_offsets"][0]
        return np.memmap(path, dtype=kind, mode="r", offset=offset, shape=tuple(entry["shape"]))

    arrays, notes = _read(path, stored, mapped)
    if "weak_names" in metadata:
        try:
            arrays["weak_names"] = json.loads(metadata["weak_names"])
        except ValueError as error:
            raise DataError(f"{path}: weak_names: metadata is not a JSON list: {error}") from error
    return arrays, notes


def _read(
    path: Path, stored: list[str], load: Callable[[str], Any]
) -> tuple[dict[str, Any], list[str]]:
    """Load the stored arrays that an audit uses, and name the others in a sentence.

    Raises `DataError` where a required one is missing.
    """
    for name in REQUIRED:
        # The probabilities of a classifier will do for predictions.
        if name not in stored and (name != REQUIRED[1] or "weak_probabilities" not in stored):
            held, kind = stored, f"array {name}"
            if path.is_dir():
                held, kind = sorted(file.name for file in path.iterdir()), f"file {name}.npy"
            raise DataError(f"{path}: has no {kind}; it has: {listed(held)}")
    arrays = {name: _loaded(path, name, load) for name in REQUIRED + OPTIONAL if name in stored}
    others = [name for name in stored if name not in arrays]
    return arrays, [f"arrays of other names are not used: {listed(others)}"] if others else []


def _loaded(path: Path, name: str, load: Callable[[str], Any]) -> np.ndarray:
    """Load an array, telling damage from pickled objects and from what is no array at all."""
    try:
        array = load(name)
    except DataError:
        raise
    except Exception as error:  # numpy raises a dozen kinds on damaged headers and archives
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            strings = name in ("weak_names", "class_names", "labels")
            plain = f"strings: {name.removeprefix('weak_')}.astype(str)" if strings else "numbers"
            reason = f"holds pickled Python objects, which are never loaded; save plain {plain}"
        else:
            reason = f"cannot be read (truncated or corrupt): {one_line(error)}"
        raise DataError(f"{path}: {name}: {reason}") from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: {name}: is not a .npy array")
    return array
