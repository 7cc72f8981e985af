"""Rows that stay where they are stored, and are read a few at a time."""

from typing import Any

import numpy as np


class StoredRows:
    """A table whose rows are read on demand, by a slice or an array of places, as a numpy array.

    A subclass reads; `np.asarray` reads everything.

    Attributes:
        shape: rows and columns.
        dtype: that of what is read.
    """

    ndim = 2

    def __init__(self, shape: tuple[int, int], dtype: np.dtype):
        self.shape, self.dtype = shape, dtype

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.shape[0] * self.shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("rows that are stored elsewhere are copied when they are read")
        return np.array(self[:], dtype)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def require_unchanged(self) -> None:
        """Raise an error, naming the file, where one is another than it was."""
