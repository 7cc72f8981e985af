"""What only the host can do: see the values of arrays, and read what users hand over as numbers."""

import operator
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from w2sjax.machine.sharded import along_automatic_axes, spread


def concrete(array) -> np.ndarray | None:
    """Return the array as numpy's, or None while it is being traced."""
    try:
        return np.asarray(array)
    except jax.errors.TracerArrayConversionError:
        return None


def seen(array) -> Any:
    """Return the array as numpy's, or as it is where devices share it; None while it is being traced."""
    return concrete(array) if spread(array) is None else array


def floating(name: str, given: Any) -> Array:
    """Make a floating-point array of real numbers: of lists, numpy's arrays, and whole numbers.

    Raises:
        ValueError: for anything else, masked values, whole numbers of more digits than a float holds,
            and doubles while double precision is off.
    """
    if _masked(given):
        raise ValueError(f"{name}: expected numbers, got a masked array; leave out what is masked")
    array = along_automatic_axes(given) if isinstance(given, jax.Array) else _plain(name, given)
    whole = jnp.issubdtype(array.dtype, jnp.integer)
    if not whole and not jnp.issubdtype(array.dtype, jnp.floating):
        raise ValueError(f"{name}: expected an array of real numbers, got {array.dtype}")
    made = jnp.asarray(array, jnp.result_type(float) if whole else array.dtype)
    known, held = (concrete(array), concrete(made)) if whole else (None, None)
    if known is not None and held is not None and np.any(held.astype(known.dtype) != known):
        raise ValueError(
            f"{name}: whole numbers of more digits than a {made.dtype} holds; subtract a common start, "
            "or round them yourself with astype"
        )
    return made


def _masked(given) -> bool:
    if isinstance(given, list | tuple):
        return any(_masked(part) for part in given)
    return isinstance(given, np.ma.MaskedArray)


def _plain(name, given) -> np.ndarray:
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(
            f"{name}: expected an array of numbers, got rows of unequal length"
        ) from None
    if array.dtype == np.float64 and not jax.config.read("jax_enable_x64"):
        if not isinstance(given, Sequence):
            raise ValueError(
                f"{name}: got float64, but double precision is off: "
                "jax.config.update('jax_enable_x64', True), or give float32"
            )
        array = array.astype(np.float32)
    return array


def at_least_single(array: Array) -> Array:
    """Make half precision single: in half a sum of ones ends at 2,048, or at 256."""
    return array.astype(jnp.float32) if array.dtype.itemsize < 4 else array


def whole_number(name: str, value: Any) -> int:
    """Return a whole number of Python's, numpy's or JAX's as an int.

    Raises:
        ValueError: for anything else, also for 5.0.
    """
    try:
        return operator.index(value)
    except TypeError:
        raise ValueError(f"{name}: expected a whole number, got {value!r}") from None


def memory_available() -> float:
    """Bytes of memory that are free, or can be freed; infinity where the system does not say."""
    try:
        found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        found = None
    return float("inf") if found is None else 1024.0 * int(found[1])
