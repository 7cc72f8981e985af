"""Arrays whose rows are in several files: `strong_features-00003-of-00012.npy` and so on."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.arrays import typed
from w2sjax.auditing.checks import DataError
from w2sjax.auditing.file_rows import read, unmapped
from w2sjax.auditing.pieces import Pieces

NAMES = ("weak_names", "class_names")  # which have no entry a row
_BY_MODEL = ("weak_predictions", "student_predictions")
_NUMBERED = re.compile(r"(.+)-(\d+)-of-(\d+)")


def natural(path: Path) -> list[tuple[int, str]]:
    """Order names with their numbers as numbers: part.2 before part.10."""
    pieces = re.split(r"(\d+)", str(path))
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]


def grouped(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Group files by what stands before `-00003-of-00012`, in order; numbers begin with 0 or 1.

    Raises `DataError`, naming the file, where a shard is missing, is there twice or is one of another number.
    """
    groups: dict[str, dict[int, Path]] = {}
    totals: dict[str, int | None] = {}
    for file in sorted(files, key=natural):
        match = _NUMBERED.fullmatch(file.stem)
        name, place, total = match.groups() if match else (file.stem, 0, None)
        total = None if total is None else int(total)
        shards = groups.setdefault(name, {})
        if totals.setdefault(name, total) != total:
            raise DataError(f"{file}: does not belong to {next(iter(shards.values())).name}")
        if int(place) in shards:
            raise DataError(f"{file}: is the same shard as {shards[int(place)].name}")
        shards[int(place)] = file
    return {name: _complete(shards, totals[name]) for name, shards in groups.items()}


def _complete(shards: dict[int, Path], total: int | None) -> list[Path]:
    if total is None:
        return list(shards.values())
    begin = 0 if 0 in shards else 1
    file = next(iter(shards.values()))
    missing = [place for place in range(begin, begin + total) if place not in shards]
    if missing:
        width = len(file.stem) - file.stem.rindex("-of-") - len("-of-")
        stem = file.stem[: file.stem.rindex("-of-")].rpartition("-")[0]
        name = f"{stem}-{missing[0]:0{width}}-of-{total:0{width}}{file.suffix}"
        raise DataError(f"{file.parent}: shard {name} is missing ({len(shards)} of {total} found)")
    beyond = [place for place in shards if not begin <= place < begin + total]
    if beyond:
        raise DataError(f"{shards[beyond[0]]}: its number is not among {total} shards")
    return [shards[place] for place in sorted(shards)]


def joined(name: str, parts: Sequence[tuple[str, np.ndarray]]) -> Any:
    """Put the parts of an array, with the labels of their files, one after another along the points.

    Features are not copied. Raises `DataError` for a part of another width or type than the first.
    """
    first_label, first = parts[0]
    stays = name == "strong_features" and first.ndim == 2
    if len(parts) == 1:
        return _held(first, stays)
    if name in NAMES or first.ndim == 0:
        raise DataError(f"{parts[1][0]}: {name} has no entry a row: give it once")
    axis = points_axis(name, first.ndim)
    for label, part in parts:
        if part.dtype != first.dtype and (part.dtype.kind != "U" or first.dtype.kind != "U"):
            raise DataError(f"{label}: has dtype {part.dtype}, but {first_label} has {first.dtype}")
        rest = [[*one.shape[:axis], *one.shape[axis + 1 :]] for one in (part, first)]
        if part.ndim != first.ndim or rest[0] != rest[1]:
            raise DataError(
                f"{label}: has shape {part.shape}, which does not continue {first_label} of {first.shape}"
            )
    arrays = [_held(typed(part), stays) for _, part in parts]
    return Pieces(arrays) if stays else np.concatenate(arrays, axis)


def _held(part: np.ndarray, stays: bool) -> Any:
    """Leave features in their file, and read the rest."""
    if not isinstance(part, np.memmap) or not part.size:
        return part
    return unmapped(part) if stays else read(part)


def require_same_points(name: str, parts: Sequence[tuple[str, np.ndarray]], features: Any) -> None:
    """Raise `DataError` where as many shards as the features have do not have their numbers of rows."""
    if len(parts) != len(features) or len(parts) == 1:
        return
    for (label, part), (its_label, rows) in zip(parts, features, strict=True):
        points = part.shape[points_axis(name, part.ndim)]
        if points != len(rows):
            raise DataError(f"{label}: has {points} points, but {its_label} has {len(rows)} rows")


def require_same_columns(
    file: Path, schema: Any, first: Path, expected: Any, names: Iterable[str]
) -> None:
    """Raise `DataError` for a column that a file, by its Arrow schema, has not, or not of the same type."""
    for name in names:
        label, kind = f"{file}: column {name.strip()!r}", expected.field(name).type
        if name not in schema.names:
            raise DataError(f"{label}: is missing, which {first.name} has")
        held = schema.field(name).type
        if held != kind:
            raise DataError(f"{label}: holds {held}, but in {first.name} it holds {kind}")


def points_axis(name: str, dimensions: int) -> int:
    """Say along which axis of an array the points are."""
    if name in _BY_MODEL:
        return dimensions - 1
    return 1 if dimensions == 3 else 0
