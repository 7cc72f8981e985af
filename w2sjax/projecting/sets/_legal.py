"""Refuse parameters that describe no set, where their values can be seen; a trace is let through."""

import numpy as np

from w2sjax.machine.host import concrete


def numbers(kind: str, field: str, value) -> np.ndarray | None:
    """Return the values of a parameter, or None while it is being traced.

    Raises:
        ValueError: if it does not hold real numbers, or holds NaN.
    """
    known = concrete(value)
    if known is None:
        return None
    try:
        _refuse(kind, f"numbers for its {field}", known, np.isnan(known))
    except TypeError:
        raise ValueError(f"set: {kind} needs real numbers for its {field}, got {value!r}") from None
    return known


def positive(kind: str, field: str, value) -> None:
    """Refuse what is not positive and finite."""
    known = numbers(kind, field, value)
    if known is not None:
        _refuse(kind, f"a positive {field}", known, ~((known > 0) & (known < np.inf)))


def finite(kind: str, field: str, value) -> np.ndarray | None:
    """Return the values of a parameter whose entries must be finite, or None in a trace."""
    known = numbers(kind, field, value)
    if known is not None:
        _refuse(kind, f"a finite {field}", known, np.isinf(known))
    return known


def _refuse(kind: str, needed: str, values: np.ndarray, wrong) -> None:
    """Name the first wrong entry."""
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        shown = f"{values[index]} at {list(index)}" if index else str(values)
        raise ValueError(f"set: {kind} needs {needed}, got {shown}")
