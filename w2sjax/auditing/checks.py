"""What one array must be before it is audited: real, finite, not empty, of the right shape.

Rows and columns in error messages count from 0.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

BLOCK_SIZE = 2**20  # numbers looked at together: 8 MB of float64


class DataError(ValueError):
    """The user's data cannot be audited; the message names the file, the array and the place."""


def row_blocks(array: np.ndarray, size: int = BLOCK_SIZE) -> Iterator[tuple[int, np.ndarray]]:
    """Walk over an array in blocks of whole rows, of about `size` numbers each, as float64.

    Yields the index of a block's first row and the block: a view where the array is float64
    already, a widened copy of that block alone otherwise.
    """
    rows = max(1, size // max(1, array[:1].size))
    for start in range(0, len(array), rows):
        yield start, np.asarray(array[start : start + rows], np.float64)


def real_array(
    label: str, values: Any, dimensions: dict[int, str], *, keep_mapped_single: bool = False
) -> np.ndarray:
    """Return `values` as a finite float64 array with one of the allowed numbers of dimensions.

    `label` opens every error message; `dimensions` maps each allowed number of dimensions to the
    shape as a user would write it, such as `{2: "(n, d)"}`. A float64 array is returned as it is,
    memory-mapped or not. Everything else is copied, except that `keep_mapped_single` leaves a
    memory-mapped float32 array alone. Integers beyond 2^53 are rounded.

    Raises `DataError` for a ragged, masked, empty or non-numeric array, a wrong number of
    dimensions, NaN and infinities.
    """
    if np.ma.is_masked(values):
        raise DataError(f"{label}: has masked entries; remove those rows or fill them")
    try:
        array = np.asanyarray(values)
    except (ValueError, TypeError) as error:
        raise DataError(f"{label}: is not an array: {error}") from error
    if not isinstance(array, np.memmap):
        array = np.asarray(array)
    _require_numbers(label, array)
    if array.ndim not in dimensions:
        shapes = " or ".join(dimensions.values())
        raise DataError(
            f"{label}: has {array.ndim} dimensions (shape {array.shape}); expected {shapes}"
        )
    if array.size == 0:
        raise DataError(f"{label}: is empty (shape {array.shape})")
    if not (keep_mapped_single and isinstance(array, np.memmap) and array.dtype == np.float32):
        array = _widened(array)
    require_finite(label, array)
    return array


def require_finite(label: str, array: np.ndarray) -> None:
    """Raise `DataError` with the place of the first NaN or infinity, reading block by block."""
    for start, block in row_blocks(array):
        finite = np.isfinite(block)
        if not finite.all():
            row, *columns = (int(index) for index in np.argwhere(~finite)[0])
            reason = "NaN" if np.isnan(block[(row, *columns)]) else "infinity"
            column = "".join(f", column {index}" for index in columns)
            raise DataError(f"{label}: {reason} at row {start + row}{column}")


def require_weights(label: str, weights: np.ndarray) -> None:
    """Raise `DataError` where a weight is negative, or all are zero, or their sum overflows."""
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        row = int(negative[0])
        raise DataError(f"{label}: negative value {float(weights[row])!r} at row {row}")
    with np.errstate(over="ignore"):
        total = np.sum(weights)
    if total == 0:
        raise DataError(f"{label}: all {len(weights)} are zero, so they sum to zero")
    if not np.isfinite(total):
        raise DataError(f"{label}: their sum overflows; scale them down")


def require_probabilities(label: str, values: np.ndarray) -> None:
    """Raise `DataError` for what is not the probability of one of two classes, or of all classes.

    Rows of a matrix have to add up to 1 within 0.01, as probabilities may come from half precision.
    """
    bad = np.argwhere((values < 0) | (values > 1))
    if bad.size:
        row, *columns = (int(index) for index in bad[0])
        column = "".join(f", column {index}" for index in columns)
        value = float(values[(row, *columns)])
        raise DataError(f"{label}: {value!r} at row {row}{column} is not in [0, 1]")
    if values.ndim == 2:
        if values.shape[1] == 1:
            raise DataError(f"{label}: has one class (shape {values.shape}); expected (n,) or 2")
        sums = values.sum(axis=1)
        row = int(np.argmax(np.abs(sums - 1)))
        if abs(sums[row] - 1) > 0.01:
            raise DataError(f"{label}: row {row} adds up to {sums[row]:.6g}, not 1")


def distinct_names(label: str, values: Any, count: int) -> tuple[str, ...]:
    """Return one name for each of `count` models from strings, bytes or an array of either.

    Raises `DataError` for anything else, for a wrong number of names and for repeated names.
    """
    try:
        array = np.atleast_1d(np.asarray(values))
    except ValueError as error:
        raise DataError(f"{label}: is not a list of strings: {error}") from error
    if array.ndim != 1:
        raise DataError(
            f"{label}: has {array.ndim} dimensions (shape {array.shape}); expected (m,)"
        )
    if len(array) != count:
        raise DataError(f"{label}: has {len(array)} names for {count} weak models")
    names: list[str] = []
    for row, name in enumerate(array.tolist()):
        if isinstance(name, bytes):
            name = name.decode(errors="backslashreplace")
        if not isinstance(name, str):
            raise DataError(f"{label}: {name!r} at row {row} is not a string")
        if name in names:
            raise DataError(f"{label}: {name!r} at row {row} repeats row {names.index(name)}")
        names.append(name)
    return tuple(names)


def _is_bfloat16(dtype: np.dtype) -> bool:
    """Tell bfloat16, which numpy's own files bring back as two bytes without a type."""
    return dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None and not dtype.shape


def _require_numbers(label: str, array: np.ndarray) -> None:
    dtype = array.dtype
    if dtype.kind in "biu" or (dtype.kind == "f" and dtype.itemsize <= 8) or _is_bfloat16(dtype):
        return
    kinds = {
        "c": "complex numbers",
        "O": "Python objects",
        "U": "strings",
        "S": "strings",
        "T": "strings",
        "M": "dates",
        "m": "time spans",
    }
    held = kinds.get(dtype.kind, "unsupported values")
    raise DataError(
        f"{label}: holds {held} (dtype {dtype}); expected real numbers of at most 64 bits"
    )


def _widened(array: np.ndarray) -> np.ndarray:
    if _is_bfloat16(array.dtype):
        # bfloat16 is the upper half of a float32.
        single = array.view(np.uint16).astype(np.uint32) << np.uint32(16)
        array = np.asarray(single).view(np.float32)
    if array.dtype == np.float64:
        return array
    return np.asarray(array).astype(np.float64)
