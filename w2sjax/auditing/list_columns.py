"""Columns whose cells are lists of one length, such as embeddings, as arrays; a few row groups at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import types

from w2sjax.auditing.changes import require_same, stamp
from w2sjax.auditing.checks import DataError
from w2sjax.auditing.pieces import Pieces
from w2sjax.projecting.stored_rows import StoredRows

KEPT = 2  # row groups that stay decoded
Group = tuple[Path, int, Callable[[], np.ndarray]]


def is_list(kind: Any) -> bool:
    """Tell a type of Arrow whose cells are lists, of one length or not."""
    return types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)


def decoded(label: str, column: Any, first_row: int = 0) -> np.ndarray:
    """Give a column of lists of numbers as (rows, length), without a copy where Arrow has one run of numbers.

    Raises `DataError`, with the place, for empty cells, lists of several lengths, and what is no number.
    """
    arrays = [_decoded(label, chunk, first_row) for chunk in column.chunks if len(chunk)]
    if not arrays:
        raise DataError(f"{label}: has no rows")
    if len({array.shape[1] for array in arrays}) > 1:
        raise DataError(f"{label}: has lists of several lengths")
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _decoded(label: str, chunk: Any, first_row: int) -> np.ndarray:
    if chunk.null_count:
        row = first_row + int(np.argmax(chunk.is_null().to_numpy(zero_copy_only=False)))
        raise DataError(f"{label}: empty cell at row {row}")
    kind = chunk.type.value_type
    if not (types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind)):
        raise DataError(f"{label}: holds lists of {kind}, not numbers")
    values = chunk.flatten()
    if types.is_fixed_size_list(chunk.type):
        width = chunk.type.list_size
    else:
        lengths = chunk.value_lengths().to_numpy(zero_copy_only=False)
        width, other = int(lengths[0]), np.flatnonzero(lengths != lengths[0])
        if other.size:
            row = int(other[0])
            raise DataError(
                f"{label}: the list at row {first_row + row} has {lengths[row]} numbers, not {width}"
            )
    if values.null_count:
        place = int(np.argmax(values.is_null().to_numpy(zero_copy_only=False)))
        row, index = divmod(place, width)
        raise DataError(f"{label}: empty value at row {first_row + row}, column {index}")
    return values.to_numpy(zero_copy_only=False).reshape(len(chunk), width)


def require_width(label: str, array: np.ndarray, first: Any) -> None:
    """Raise `DataError` for lists of another length than those of the first rows."""
    width, expected = array.shape[1], first.shape[1]
    if width != expected:
        raise DataError(f"{label}: has lists of {width} numbers, where others have {expected}")


class _Group(StoredRows):
    """Rows that are decoded when they are read; those of the last few groups stay so."""

    def __init__(self, like: np.ndarray, group: Group, recent: "_Recent"):
        self._file, rows, self._load = group
        super().__init__((rows, like.shape[1]), like.dtype)
        self._recent, self._stamp = recent, stamp(self._file)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        return self._recent.of(self)[rows]

    def require_unchanged(self) -> None:
        """See `StoredRows`."""
        require_same(self._file, self._stamp)

    def load(self) -> np.ndarray:
        self.require_unchanged()
        found = self._load()
        self.require_unchanged()
        require_width(str(self._file), found, self)
        if len(found) != len(self):
            raise DataError(f"{self._file}: has row groups of other sizes than it says")
        return found


class _Recent:
    """The groups that were decoded last; threads wait for each other."""

    def __init__(self) -> None:
        self._found: OrderedDict[_Group, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, group: _Group) -> np.ndarray:
        with self._lock:
            if group not in self._found:
                if len(self._found) >= KEPT:
                    self._found.popitem(last=False)
                self._found[group] = group.load()
            self._found.move_to_end(group)
            return self._found[group]


def grouped_rows(groups: Sequence[Group]) -> Pieces:
    """Make one table of groups of rows, given by their files, numbers of rows and what loads each."""
    recent, groups = _Recent(), [group for group in groups if group[1]]
    first = groups[0][2]()
    return Pieces([_Group(first, group, recent) for group in groups])
