"""Named arrays from an .npz file, a folder of .npy files or a .safetensors file."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.checks import DataError

REQUIRED = ("strong_features", "weak_predictions")
OPTIONAL = ("weak_names", "target", "weights", "student_predictions", "weak_probabilities")

_SAFETENSORS_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "V2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


def missing_extra(path: Path) -> str:
    """Say how to install what reading `path` needs."""
    return f"{path}: reading a {path.suffix} file needs the extra: pip install 'w2sjax[audit]'"


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Read the known arrays of an .npz file into memory; others are ignored."""
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: is not an .npz file (truncated, corrupt or another format)")
    with path.open("rb") as file:
        try:
            archive = np.load(file, allow_pickle=False)
        except Exception as error:
            raise DataError(f"{path}: cannot be read (truncated or corrupt): {error}") from error
        names = _known(path, archive.files)
        return {name: _loaded(path, name, lambda name=name: archive[name]) for name in names}


def read_folder(path: Path) -> dict[str, np.ndarray]:
    """Map the known .npy files of a folder into memory, read-only; others are ignored."""

    def mapped(name: str) -> np.ndarray:
        return np.lib.format.open_memmap(path / f"{name}.npy", mode="r")

    names = _known(path, sorted(file.stem for file in path.glob("*.npy")))
    return {name: _loaded(path, name, lambda name=name: mapped(name)) for name in names}


def read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """Map the known tensors of a .safetensors file into memory, read-only; others are ignored.

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
        raise DataError(f"{path}: is not a readable .safetensors file: {error}") from error
    arrays = {}
    for name in _known(path, stored):
        entry = header[name]
        if entry["dtype"] not in _SAFETENSORS_TYPES:
            raise DataError(f"{path}: {name}: has dtype {entry['dtype']}; expected real numbers")
        arrays[name] = np.memmap(
            path,
            dtype=_SAFETENSORS_TYPES[entry["dtype"]],
            mode="r",
            offset=8 + length + entry["data_offsets"][0],
            shape=tuple(entry["shape"]),
        )
    if "weak_names" in metadata:
        try:
            arrays["weak_names"] = np.asarray(json.loads(metadata["weak_names"]))
        except ValueError as error:
            raise DataError(f"{path}: weak_names: metadata is not a JSON list: {error}") from error
    return arrays


def _known(path: Path, stored: list[str]) -> list[str]:
    """Return the names that an audit uses; raise `DataError` where a required one is missing."""
    for name in REQUIRED:
        if name not in stored:
            held = ", ".join(stored) or "no arrays"
            kind = f"file {name}.npy" if path.is_dir() else f"array {name}"
            raise DataError(f"{path}: has no {kind}; it has: {held}")
    return [name for name in (*REQUIRED, *OPTIONAL) if name in stored]


def _loaded(path: Path, name: str, load: Callable[[], Any]) -> np.ndarray:
    """Call `load`, telling damage from pickled objects and from what is no array at all."""
    try:
        array = load()
    except Exception as error:  # numpy raises a dozen kinds on damaged headers and archives
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            reason = "holds pickled Python objects, which are never loaded; save plain numbers"
        else:
            reason = f"cannot be read (truncated or corrupt): {error}"
        raise DataError(f"{path}: {name}: {reason}") from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: {name}: is not a .npy array")
    return array
