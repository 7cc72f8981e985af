"""Labels of classifiers: their classes, in the order of the probabilities' columns."""

from typing import Any

import numpy as np
from jaxtyping import Int

from w2sjax.auditing.checks import DataError, distinct_names, is_masked, listed


def classes_of(
    label: str, labels: Any, names: Any, width: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the classes as strings in the order of the columns, and a sentence where that is a guess.

    Raises `DataError` where labels have not as many values as there are columns, and no names are given.
    """
    if names is not None:
        return distinct_names(label.replace("labels", "class_names"), names, width), ()
    numbers = tuple(map(str, range(width)))
    if labels is None:
        return numbers, ()
    distinct = np.unique(_values(label, labels))
    if distinct.dtype.kind == "i":
        if distinct[0] >= 0 and distinct[-1] < width:
            return numbers, ()
    elif set(distinct.tolist()) <= set(numbers):
        return numbers, ()
    if len(distinct) != width:
        raise DataError(
            f"{label}: have {len(distinct)} values ({listed([str(v) for v in distinct], 10)}), but "
            f"weak_probabilities has {width} classes; expected 0 to {width - 1}, or class_names with the "
            "labels in the order of the columns"
        )
    found = tuple(map(str, distinct.tolist()))
    return found, (
        f"columns of probabilities are taken in the order of the labels: {listed(found, 10)}; give "
        "class_names if theirs is another",
    )


def codes_of(label: str, labels: Any, classes: tuple[str, ...], rows: int) -> Int[np.ndarray, " n"]:
    """Give the column of each label.

    Raises `DataError` for a wrong length, a label that is no class, and labels that are all the same.
    """
    values = _values(label, labels)
    if len(values) != rows:
        raise DataError(f"{label}: length {len(values)}, but strong_features has {rows} rows")
    place = {name: column for column, name in enumerate(classes)}
    written = list(map(str, values.tolist()))
    for row, name in enumerate(written):
        if name not in place:
            raise DataError(f"{label}: {name!r} at row {row} is not among {listed(classes, 10)}")
    codes = np.array([place[name] for name in written])
    if np.all(codes == codes[0]):
        raise DataError(f"{label}: are all {written[0]!r}; there is nothing to tell apart")
    return codes


def _values(label: str, labels: Any) -> np.ndarray:
    """Read labels as whole numbers or strings."""
    if is_masked(labels):
        raise DataError(f"{label}: has masked entries; remove those rows")
    array = np.asarray(labels)
    if array.ndim != 1 or array.size == 0:
        raise DataError(f"{label}: has shape {array.shape}; expected (n,)")
    if array.dtype.kind == "O":  # as frames have them
        kinds = {str: str, int: np.int64, np.integer: np.int64}
        found = [made for kind, made in kinds.items() if all(isinstance(v, kind) for v in array)]
        array = array.astype(found[0]) if found else array
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    if array.dtype.kind in "UT":
        return array.astype(str)
    if array.dtype.kind not in "biuf":
        raise DataError(f"{label}: hold {array.dtype}; expected whole numbers or strings")
    whole = array.astype(float)
    bad = np.flatnonzero(~np.isfinite(whole) | (whole != np.round(whole)))
    if bad.size:
        raise DataError(f"{label}: {array[bad[0]]!s} at row {bad[0]} is no whole number")
    return array.astype(np.int64)
