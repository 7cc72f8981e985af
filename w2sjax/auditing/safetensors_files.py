"""Named arrays of .safetensors files, one or a folder of shards; features stay there."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.checks import DataError, one_line
from w2sjax.auditing.files import Names, Parts, choose, missing_extra
from w2sjax.auditing.shards import NAMES, grouped, natural

_TYPES = {  # and those that numpy writes with a letter and a number of bits
    "BF16": "V2",
    "BOOL": "?",
    **{f"{kind}{bits}": f"<{kind.lower()}{bits // 8}" for kind in "FIU" for bits in (16, 32, 64)},
    "I8": "i1",
    "U8": "u1",
}


def read_safetensors(path: Path, names: Names) -> tuple[dict[str, Any], list[str]]:
    """Find the known tensors of a .safetensors file, or a folder of them, and name the others.

    A tensor of several files continues in the next one; where Hugging Face's index says which file has which
    tensor, both must be as it says. The format has no strings, so `weak_names` and `class_names` are read
    from the metadata of the first file, as JSON lists.

    Raises `DataError` for what is damaged, missing or disagrees, `ImportError` without safetensors.
    """
    files = [path]
    if path.is_dir():
        groups = grouped(path.glob("*.safetensors"))
        files = sorted((file for group in groups.values() for file in group), key=natural)
    stored: Parts = {}
    metadata: dict[str, str] = {}
    for file in files:
        tensors, found = _tensors(file)
        metadata = found | metadata
        for name, load in tensors.items():
            stored.setdefault(name, []).append((f"{file}: {name}", load))
    if path.is_dir():
        _require_index(path, stored)
    arrays, notes = choose(path, stored, names)
    for name in NAMES:
        if name in metadata:
            try:
                arrays[name] = json.loads(metadata[name])
            except (ValueError, RecursionError) as error:
                raise DataError(
                    f"{path}: {name}: metadata is not a JSON list: {one_line(error)}"
                ) from error
    return arrays, notes


def _tensors(path: Path) -> tuple[dict[str, Callable[[], np.ndarray]], dict[str, str]]:
    """Give what locates each tensor of a file, and the file's metadata."""
    try:
        import safetensors
    except ImportError as error:
        raise ImportError(missing_extra(path)) from error
    try:
        # The library checks the header: offsets, overlaps, lengths.
        with safetensors.safe_open(path, framework="numpy") as checked:
            metadata = checked.metadata() or {}
            names = list(checked.keys())
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
    except (OSError, ValueError, RecursionError, safetensors.SafetensorError) as error:
        raise DataError(
            f"{path}: is not a readable .safetensors file: {one_line(error)}"
        ) from error
    return {
        name: partial(_located, path, name, header[name], 8 + length) for name in names
    }, metadata


def _located(path: Path, name: str, entry: dict[str, Any], start: int) -> np.ndarray:
    if entry["dtype"] not in _TYPES:
        raise DataError(f"{path}: {name}: has dtype {entry['dtype']}; expected real numbers")
    kind, shape = _TYPES[entry["dtype"]], tuple(entry["shape"])
    if 0 in shape:
        return np.empty(shape, kind)
    return np.memmap(path, kind, "r", start + entry["data_offsets"][0], shape)


def _require_index(path: Path, stored: Parts) -> None:
    """Compare with what an index says, if there is one."""
    held = {file.name for file in path.iterdir()}
    for index in sorted(path.glob("*.safetensors.index.json")):
        try:
            places = json.loads(index.read_bytes())["weight_map"].items()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(
                f"{index}: is not an index with a weight_map: {one_line(error)}"
            ) from error
        for name, file in ((name, str(file)) for name, file in places):
            if file not in held:
                raise DataError(f"{index}: shard {one_line(file)} is missing")
            if f"{path / file}: {name}" not in [label for label, _ in stored.get(name, [])]:
                raise DataError(f"{path / file}: has no tensor {name!r}, which {index.name} names")
