"""Tables of numbers in files, read by their places.

Where a file shrinks, a memory map ends the process by a signal; a read comes back short, and names the file.
"""

from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.arrays import typed
from w2sjax.auditing.changes import require_same, stamp
from w2sjax.auditing.checks import DataError, one_line
from w2sjax.projecting.stored_rows import StoredRows

APART = 2**16  # bytes between two rows from which two reads cost less than one
MOST = 2**24  # bytes of rows that are read together


class FileRows(StoredRows):
    """Rows that are read from a file when they are asked for.

    Raises `DataError` in reading, naming the file, where it is no longer what it was.

    Args:
        path: of the file.
        start: the byte where the table begins.
        shape: rows and columns.
        dtype: of the numbers.
        by_column: whether a column is stored after the other, and not a row.
    """

    def __init__(
        self,
        path: str | Path,
        start: int,
        shape: tuple[int, int],
        dtype: np.dtype,
        *,
        by_column: bool = False,
    ):
        super().__init__(shape, dtype)
        self._path, self._start, self._by_column = Path(path).absolute(), start, by_column
        self._stamp = stamp(self._path)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            if step == 1:
                return self._between(start, max(start, stop))
            rows = np.arange(start, stop, step)
        places, found_at = np.unique(rows, return_inverse=True)
        found = np.empty((len(places), self.shape[1]), self.dtype)
        width = self.dtype.itemsize * (1 if self._by_column else self.shape[1])
        height = max(1, MOST // (self.dtype.itemsize * self.shape[1]))
        apart = (np.diff(places) * width > APART) | (np.diff(places // height) > 0)
        for run in np.split(np.arange(len(places)), np.flatnonzero(apart) + 1):
            if len(run):
                first, last = places[run[0]], places[run[-1]]
                found[run] = self._between(int(first), int(last) + 1)[places[run] - first]
        return found[found_at]

    def require_unchanged(self) -> None:
        """Raise `DataError` where the file is another than it was."""
        require_same(self._path, self._stamp)

    def _between(self, start: int, stop: int) -> np.ndarray:
        height, width = self.shape
        found = np.empty(
            (width, stop - start) if self._by_column else (stop - start, width), self.dtype
        )
        lines, places = found.reshape(1, -1), [start * width]
        if self._by_column:
            lines, places = found, [column * height + start for column in range(width)]
        try:
            with self._path.open("rb", buffering=0) as file:
                for line, place in zip(lines, places, strict=True):
                    file.seek(self._start + place * self.dtype.itemsize)
                    _fill(line, file)
        except OSError as error:
            self.require_unchanged()
            raise DataError(f"{self._path}: cannot be read: {one_line(error)}") from error
        self.require_unchanged()
        return found.T if self._by_column else found


def _fill(line: np.ndarray, file: Any) -> None:
    left = line.view(np.uint8).data
    while left:
        count = file.readinto(left)
        if not count:
            raise OSError("it ends too early")
        left = left[count:]


def unmapped(mapped: Any) -> FileRows:
    """Give the table that a memory map has, by rows or by columns, without the map."""
    table = typed(mapped)
    by_column = not table.flags.c_contiguous
    return FileRows(table.filename, table.offset, table.shape, table.dtype, by_column=by_column)


def read(mapped: Any) -> np.ndarray:
    """Read what a memory map has, of any shape; raises `DataError` as `FileRows` does."""
    order = "C" if mapped.flags.c_contiguous else "F"
    line = unmapped(mapped.reshape(1, -1, order=order))
    return line[:].reshape(mapped.shape, order=order)
