"""Files that change while they are read: they are named, and nothing is computed of them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from w2sjax.auditing.checks import DataError

Stamp = tuple[int, int]  # bytes, and when they were last written


def stamp(file: Path) -> Stamp | None:
    """Give what tells a version of a file from another; None where there is no file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def require_same(file: Path, before: Stamp | None) -> None:
    """Raise `DataError`, naming the file, where its stamp is another than it was."""
    if stamp(file) != before:
        raise DataError(f"{file}: changed while it was read; wait until it is written")


@contextlib.contextmanager
def unchanged(path: str | Path) -> Iterator[None]:
    """Raise `DataError`, naming the file, where one has grown, shrunk or been written to in the meantime.

    It comes before any other error, whose cause it may be.
    """
    before = _stamps(Path(path))
    try:
        yield
    finally:
        after = _stamps(Path(path))
        for file in sorted(before.keys() | after.keys()):
            if before.get(file) != after.get(file):
                require_same(file, before.get(file))


def _stamps(path: Path) -> dict[Path, Stamp | None]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file: stamp(file) for file in files}
