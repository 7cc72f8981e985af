"""Arrays of doubles from whatever a user calls an array: numpy's, frames, tensors, nested lists."""

import decimal
import numbers
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np

from w2sjax.auditing import checks
from w2sjax.auditing.checks import DataError, one_line, place
from w2sjax.auditing.shared_arrays import shared_array
from w2sjax.machine.sharded import spread
from w2sjax.projecting.stored_rows import StoredRows

LARGE = 2**53  # up to which every integer is a double
_KINDS = {
    "c": "complex numbers",
    "U": "strings",
    "S": "strings",
    "T": "strings",
    "M": "dates",
    "m": "time spans",
}
_NUMBERS = (numbers.Real, decimal.Decimal, np.bool_)
_MISSING = ("None", "<NA>", "NaT")  # how missing values print, pandas' own among them


def real_array(
    label: str,
    values: Any,
    dimensions: dict[int, str],
    *,
    keep_stored: bool = False,
    keep_shared: bool = False,
) -> tuple[Any, tuple[str, ...]]:
    """Return `values` as a finite float64 array, and sentences about digits that were lost.

    `label` opens every error message; `dimensions` maps each allowed number of dimensions to the
    shape as a user would write it, such as `{2: "(n, d)"}`. A float64 array is returned as it is,
    memory-mapped or not. Everything else is copied, except that `keep_stored` leaves `StoredRows` and
    memory-mapped floats of any width where they are, to be widened a block at a time, and `keep_shared`
    JAX's arrays that several devices share. A frame's
    columns may differ in type, and Python's own numbers (as nullable columns give) are read where none
    is missing. Integers beyond 2^53 that are no doubles are rounded, which a sentence says.

    Raises `DataError` for what is not an array, a ragged, masked, empty or non-numeric one, a wrong
    number of dimensions, NaN, infinities and missing values.
    """
    if keep_shared and spread(values) is not None:
        return shared_array(label, values, dimensions), ()
    columns = _columns(values) if 2 in dimensions else {}
    if columns:
        parts = {
            name: real_array(f"{label}: column {name!r}", column, {1: "(n,)"})
            for name, column in columns.items()
        }
        found = tuple(
            f"column {name!r}: {note}" for name, (_, notes) in parts.items() for note in notes
        )
        return np.stack([array for array, _ in parts.values()], axis=1), found
    array: Any = values if isinstance(values, StoredRows) else _as_array(label, values)
    _require_numbers(label, array)
    if array.ndim not in dimensions:
        shapes = " or ".join(dimensions.values())
        raise DataError(
            f"{label}: has {array.ndim} dimensions (shape {array.shape}); expected {shapes}"
        )
    if array.size == 0:
        raise DataError(f"{label}: is empty (shape {array.shape})")
    stored = keep_stored and isinstance(array, np.memmap | StoredRows)
    if array.dtype.kind == "O":
        doubles = _from_objects(label, array)
    elif stored and (array.dtype.kind == "f" or _is_bfloat16(array.dtype)):
        doubles = typed(array)
    else:
        doubles = _widened(array)
    checks.require_finite(label, doubles)
    if array.dtype.kind == "O":
        return doubles, _rounded_among(array, doubles)
    if isinstance(values, Sequence):
        return doubles, _rounded_among(values, doubles)
    return doubles, _rounded(array)


def rounding(value: int, where: str) -> str:
    """Say that an integer is no double."""
    return (
        f"integers beyond 2^53 are rounded to doubles: {value} at {where} becomes "
        f"{int(float(value))}; subtract an offset that all rows share to keep the digits"
    )


def _columns(values: Any) -> dict[Any, Any]:
    """Return the columns of a frame (pandas, polars) of several types by name, else nothing.

    numpy would promote them to one type: integers to doubles, or all of them to Python objects.
    """
    names, types = getattr(values, "columns", None), getattr(values, "dtypes", None)
    if names is None or types is None or len({str(kind) for kind in types}) < 2:
        return {}
    columns = {name: values[name] for name in names}
    return columns if len(columns) == len(names) else {}


def _as_array(label: str, values: Any) -> np.ndarray:
    """Return what numpy makes of `values`, memory-mapped if it was; masks are refused."""
    try:
        array = values if checks.is_masked(values) else np.asanyarray(values)
    except Exception as error:  # `__array__` is foreign code: a tensor's may raise anything
        raise DataError(
            f"{label}: is not an array: {one_line(error)}; expected what numpy can read (of a torch "
            "tensor: tensor.detach().cpu().numpy())"
        ) from error
    if checks.is_masked(array):
        raise DataError(f"{label}: has masked entries; remove those rows or fill them")
    return array if isinstance(array, np.memmap) else np.asarray(array)


def _is_bfloat16(dtype: np.dtype) -> bool:
    """Tell bfloat16, which numpy's own files bring back as two bytes without a type."""
    return dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None and not dtype.shape


def _require_numbers(label: str, array: Any) -> None:
    dtype = array.dtype
    if dtype.kind == "O" and array.ndim == 0:
        raise DataError(
            f"{label}: is a Python object of type {type(array[()]).__name__}; expected an array"
        )
    narrow_float = dtype.kind == "f" and dtype.itemsize <= 8
    if dtype.kind in "biuO" or narrow_float or _is_bfloat16(dtype):
        return
    held = _KINDS.get(dtype.kind, "unsupported values")
    raise DataError(
        f"{label}: holds {held} (dtype {dtype}); expected real numbers of at most 64 bits"
    )


def _from_objects(label: str, array: Any) -> np.ndarray:
    """Read Python's own numbers."""
    strange = {kind for kind in set(map(type, array.flat)) if not issubclass(kind, _NUMBERS)}
    if strange:
        index, value = next(pair for pair in np.ndenumerate(array) if type(pair[1]) in strange)
        if str(value) in _MISSING:
            raise DataError(
                f"{label}: missing value at {place(*index)}; remove that row or fill it"
            )
        raise DataError(
            f"{label}: holds Python objects ({type(value).__name__} at {place(*index)}); expected "
            "real numbers"
        )
    try:
        return array.astype(np.float64)
    except (ValueError, OverflowError) as error:
        raise DataError(f"{label}: holds what is no double: {one_line(error)}") from error


def _rounded_among(values: Any, doubles: np.ndarray) -> tuple[str, ...]:
    """Say where the first integer is that is no double, among Python's numbers or in a list.

    Of a list that mixes integers and others, numpy makes doubles.
    """
    large = np.argwhere(np.abs(doubles) >= LARGE).tolist()
    given = np.asarray(values, object) if large else doubles
    for index in map(tuple, large):
        value = given[index]
        whole = isinstance(value, int | np.integer | decimal.Decimal) and value == int(value)
        if whole and int(value) != float(value):
            return (rounding(int(value), place(*index)),)
    return ()


def _rounded(array: Any) -> tuple[str, ...]:
    """Say where the first integer is that is no double, if any."""
    if array.dtype.kind not in "iu" or array.dtype.itemsize < 8:
        return ()
    for start, exact in checks.row_blocks(array):
        doubles = checks.widened(exact)
        # Both halves are doubles, and so is the double less the upper half.
        lost = doubles - (exact >> 32) * 2.0**32 != (exact & 0xFFFFFFFF)
        if lost.any():
            row, *columns = (int(index) for index in np.argwhere(lost)[0])
            value = int(exact[(row, *columns)])
            return (rounding(value, place(start + row, *columns)),)
    return ()


def typed(array: Any) -> Any:
    """Give bfloat16 its type."""
    bare = _is_bfloat16(array.dtype) and array.dtype != ml_dtypes.bfloat16
    return array.view(ml_dtypes.bfloat16) if bare else array


def _widened(array: Any) -> np.ndarray:
    array = typed(array)
    return array if array.dtype == np.float64 else checks.widened(array)
