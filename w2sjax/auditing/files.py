"""Named arrays from an .npz file or a folder of .npy files."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np

from w2sjax.auditing.checks import DataError, listed, one_line
from w2sjax.auditing.shards import NAMES, grouped, joined, require_same_points
from w2sjax.language.names import nearest, suggestion

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
END = struct.Struct("<4s4H2LH")  # of a zip file; its fifth field is the number of entries
MANY, COMMENT = 0xFFFF, 0xFFFF  # entries, if that many or more; bytes after it, at most

Names = Mapping[str, str]  # purposes to the names of arrays
Parts = dict[str, list[tuple[str, Callable[[], Any]]]]  # labels of parts, and what loads each


def missing_extra(path: Path) -> str:
    """Say how to install what reading `path` needs."""
    return f"{path}: reading a {path.suffix} file needs the extra: pip install 'w2sjax[audit]'"


def read_npz(path: Path, names: Names) -> tuple[dict[str, Any], list[str]]:
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
        _require_entries(path, file, len(archive.files))
        stored: Parts = {
            name: [(f"{path}: {name}", partial(archive.__getitem__, name))]
            for name in archive.files
        }
        return choose(path, stored, names)


def _require_entries(path: Path, file: IO[bytes], found: int) -> None:
    """Refuse a list of entries with fewer than its end says, as damaged lengths in it swallow some."""
    file.seek(-min(path.stat().st_size, END.size + COMMENT), 2)
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    stated = END.unpack_from(tail, place)[4] if 0 <= place <= len(tail) - END.size else None
    if stated not in (found, MANY):
        raise DataError(f"{path}: is corrupt: {found} arrays are listed, and {stated} at its end")


def read_folder(path: Path, names: Names) -> tuple[dict[str, Any], list[str]]:
    """Find the known .npy files of a folder, whose features stay there; a sentence names the others.

    An array may be in shards: `strong_features-00003-of-00012.npy`.
    """

    def located(name: str, file: Path, count: int) -> tuple[str, Callable[[], Any]]:
        label = f"{path}: {name}" if count == 1 else str(file)
        return label, partial(_located, file)

    groups = grouped(path.glob("*.npy"))
    stored = {
        name: [located(name, file, len(files)) for file in files] for name, files in groups.items()
    }
    return choose(path, stored, names)


def _located(file: Path) -> np.memmap:
    array = np.lib.format.open_memmap(file, mode="r")
    beyond = file.stat().st_size - array.offset - array.nbytes
    if beyond:
        raise ValueError(f"has {beyond} bytes beyond its array, or is still being written")
    return array


def choose(path: Path, stored: Parts, names: Names) -> tuple[dict[str, Any], list[str]]:
    """Load the stored arrays that an audit uses, and name the others in a sentence.

    Raises `DataError` where a required one, or one that is named, is missing, and for shards that disagree.
    """
    own = _own_names(path, stored, names)
    for name in REQUIRED:
        # The probabilities of a classifier will do for predictions.
        if name not in own and (name != REQUIRED[1] or "weak_probabilities" not in own):
            held, kind = list(stored), f"array {name}"
            if path.is_dir() and not any(path.glob("*.safetensors")):
                held, kind = sorted(file.name for file in path.iterdir()), f"file {name}.npy"
            raise DataError(f"{path}: has no {kind}; it has: {listed(held)}")
    parts = {
        name: [(label, _loaded(label, name, load)) for label, load in stored[own[name]]]
        for name in REQUIRED + OPTIONAL
        if name in own
    }
    arrays = {name: joined(name, loaded) for name, loaded in parts.items()}
    for name, loaded in parts.items():
        if name not in NAMES:
            require_same_points(name, loaded, parts["strong_features"])
    others = [name for name in stored if name not in own.values()]
    return arrays, [f"arrays of other names are not used: {listed(others)}"] if others else []


def _own_names(path: Path, stored: Parts, names: Names) -> dict[str, str]:
    """Say which stored array serves each purpose: that of the name given, or of the purpose's name."""
    purposes = REQUIRED + OPTIONAL
    for purpose, name in names.items():
        if purpose not in purposes:
            raise DataError(f"array {purpose!r}: {nearest(purpose, purposes)}")
        if name not in stored:
            near = suggestion(name, stored) or f"it has: {listed(list(stored))}"
            raise DataError(f"{path}: has no array {name!r} for {purpose}; {near}")
    taken = set(names.values())
    own = {name: name for name in purposes if name in stored and name not in taken}
    return own | dict(names)


def _loaded(label: str, name: str, load: Callable[[], Any]) -> np.ndarray:
    """Load an array, telling damage from pickled objects and from what is no array at all."""
    try:
        array = load()
    except DataError:
        raise
    except Exception as error:  # numpy raises a dozen kinds on damaged headers and archives
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            strings = name in ("weak_names", "class_names", "labels")
            plain = f"strings: {name.removeprefix('weak_')}.astype(str)" if strings else "numbers"
            reason = f"holds pickled Python objects, which are never loaded; save plain {plain}"
        else:
            reason = f"cannot be read (truncated or corrupt): {one_line(error)}"
        raise DataError(f"{label}: {reason}") from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{label}: is not a .npy array")
    return array
