"""What the numbers and names of one array must be before it is audited.

Rows and columns in error messages count from 0.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

BLOCK_SIZE = 2**20  # numbers looked at together: 8 MB of float64


class DataError(ValueError):
    """The user's data cannot be audited; the message names the file, the array and the place."""


def row_blocks(array: Any, size: int = BLOCK_SIZE) -> Iterator[tuple[int, np.ndarray]]:
    """Walk over an array in blocks of whole rows, of about `size` numbers each, with their first rows."""
    rows = max(1, size // max(1, array[:1].size))
    for start in range(0, len(array), rows):
        yield start, array[start : start + rows]


def widened(values: Any) -> np.ndarray:
    """Give numbers as float64; a signalling NaN becomes a quiet one without a warning."""
    with np.errstate(invalid="ignore"):
        return np.asarray(values, np.float64)


def place(row: int, *columns: int) -> str:
    """Write the place of an entry."""
    return f"row {row}" + "".join(f", column {index}" for index in columns)


def one_line(message: Any, most: int = 200) -> str:
    """Write an error or value of others in one line of at most so many characters."""
    text = " ".join(str(message).split())
    return text if len(text) <= most else f"{text[:most]}..."


def listed(names: Sequence[str], most: int = 40) -> str:
    """Write so many names in quotes, which show their spaces."""
    shown = ", ".join(map(repr, names[:most])) or "nothing"
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def is_masked(values: Any) -> bool:
    """Tell masked entries, also those of arrays in a list, of which numpy takes the fill values."""
    if isinstance(values, Sequence) and not isinstance(values, str | bytes):
        return any(map(is_masked, values))
    return isinstance(values, np.ma.MaskedArray) and bool(np.ma.is_masked(values))


def require_finite(label: str, array: Any) -> None:
    """Raise `DataError` with the place of the first NaN or infinity, reading block by block."""
    for start, block in row_blocks(array):
        finite = np.isfinite(block)
        if not finite.all():
            row, *columns = (int(index) for index in np.argwhere(~finite)[0])
            reason = "NaN" if np.isnan(block[(row, *columns)]) else "infinity"
            raise DataError(f"{label}: {reason} at {place(start + row, *columns)}")


def require_weights(label: str, weights: Any) -> None:
    """Raise `DataError` where a weight is negative, or all are zero, or their sum overflows."""
    negative = weights < 0
    if negative.any():
        row = int(negative.argmax())
        raise DataError(f"{label}: negative value {float(weights[row])!r} at row {row}")
    with np.errstate(over="ignore"):
        total = weights.sum()
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
        index = tuple(int(axis) for axis in bad[0])
        value = float(values[index])
        raise DataError(f"{label}: {value!r} at {place(*index)} is not in [0, 1]")
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
    if is_masked(values):
        raise DataError(f"{label}: has masked entries; name every model")
    try:
        array = np.atleast_1d(np.asarray(values, object))
    except Exception as error:  # `__array__` is foreign code
        raise DataError(f"{label}: is not a list of strings: {one_line(error)}") from error
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
