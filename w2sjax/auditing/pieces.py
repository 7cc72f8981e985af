"""Rows that stay where they are stored: those of several arrays, and some of an array."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from w2sjax.projecting.stored_rows import StoredRows


class Pieces(StoredRows):
    """The rows of several arrays, one after another.

    Args:
        parts: arrays or `StoredRows` of one width and dtype; at least one.
    """

    def __init__(self, parts: Sequence[Any]):
        ends = np.cumsum([len(part) for part in parts])
        super().__init__((int(ends[-1]), parts[0].shape[1]), np.dtype(parts[0].dtype))
        self._parts, self._ends = parts, ends

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            if step == 1:
                return self._between(start, stop)
            rows = np.arange(start, stop, step)
        found = np.empty((len(rows), self.shape[1]), self.dtype)
        owners = np.searchsorted(self._ends, rows, side="right")
        for owner in np.unique(owners):
            part, here = self._parts[owner], owners == owner
            found[here] = part[rows[here] - self._ends[owner] + len(part)]
        return found

    def require_unchanged(self) -> None:
        """See `StoredRows`."""
        for part in self._parts:
            require_unchanged(part)

    def _between(self, start: int, stop: int) -> np.ndarray:
        blocks = []
        for owner in range(int(np.searchsorted(self._ends, start, "right")), len(self._parts)):
            part = self._parts[owner]
            first = int(self._ends[owner]) - len(part)
            if first >= stop:
                break
            if start < stop and len(part):
                blocks.append(part[max(start - first, 0) : stop - first])
        if not blocks:
            return np.empty((0, self.shape[1]), self.dtype)
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


class Chosen(StoredRows):
    """Some rows of a stored array, by a slice without steps or by an array of places."""

    def __init__(self, source: Any, rows: slice | np.ndarray):
        self._source = source
        if isinstance(rows, slice):
            start, stop, _ = rows.indices(len(source))
            rows, count = slice(start, max(start, stop)), max(0, stop - start)
        else:
            count = len(rows)
        self._rows = rows
        super().__init__((count, source.shape[1]), np.dtype(source.dtype))

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        if not isinstance(self._rows, slice):
            return self._source[self._rows[rows]]
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            first = self._rows.start
            if step == 1:
                return self._source[first + start : first + max(start, stop)]
            rows = np.arange(start, stop, step)
        return self._source[rows + self._rows.start]

    def require_unchanged(self) -> None:
        """See `StoredRows`."""
        require_unchanged(self._source)


def require_unchanged(features: Any) -> None:
    """Raise `DataError`, naming the file, where features are stored in one that is another than it was."""
    if isinstance(features, StoredRows):
        features.require_unchanged()


@contextlib.contextmanager
def unchanged(features: Any) -> Iterator[None]:
    """Raise `DataError` as `require_unchanged` does for what JAX makes of an error in reading."""
    try:
        yield
    except jax.errors.JaxRuntimeError:
        require_unchanged(features)
        raise


def chosen(features: Any, rows: slice | np.ndarray) -> Any:
    """Keep some rows: of what is stored elsewhere without reading, of an array in memory as numpy does."""
    stays = isinstance(features, StoredRows)
    if not isinstance(rows, slice):
        stays |= isinstance(features, np.memmap)
    return Chosen(features, rows) if stays else features[rows]
