"""Refuse parameters that describe no set, where their values can be seen; a trace is let through."""

import numpy as np

from w2sjax._host import concrete


def numbers(kind: str, field: str, value) -> np.ndarray | None:
    """Return the values of a parameter, or None while it is being traced.

    Raises:
        ValueError: if it does not hold real numbers, or holds NaN.
    """
    known = concrete(value)
    if known is None:
        return None
    try:
        missing = np.isnan(known)
    except TypeError:
        raise ValueError(f"set: {kind} needs real numbers for its {field}, got {value!r}") from None
    if missing.any():
        raise ValueError(f"set: {kind} needs numbers for its {field}, got {_shown(known, missing)}")
    return known


def positive(kind: str, field: str, value) -> None:
    """Refuse what is not positive and finite."""
    known = numbers(kind, field, value)
    if known is not None:
        wrong = ~((known > 0) & (known < np.inf))
        if wrong.any():
            raise ValueError(f"set: {kind} needs a positive {field}, got {_shown(known, wrong)}")


def finite(kind: str, field: str, value) -> np.ndarray | None:
    """Return the values of a parameter whose entries must be finite, or None in a trace."""
    known = numbers(kind, field, value)
    if known is not None:
        wrong = np.isinf(known)
        if wrong.any():
            raise ValueError(f"set: {kind} needs a finite {field}, got {_shown(known, wrong)}")
    return known


def _shown(values: np.ndarray, wrong) -> str:
    """Name the first wrong entry."""
    if values.ndim == 0:
        return str(values)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{values[index]} at {list(index)}"
