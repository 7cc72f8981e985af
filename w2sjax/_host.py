"""Arrays on the host: look at their values outside of a trace, and take what users pass as arrays."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def concrete(array) -> np.ndarray | None:
    """Return the array as numpy's, or None while it is being traced."""
    try:
        return np.asarray(array)
    except jax.errors.TracerArrayConversionError:
        return None


def floating(array: Any, name: str) -> jax.Array:
    """Take an array of floating numbers, or anything that numpy reads as one.

    Raises:
        ValueError: for anything else, for masked arrays, and for numpy's double precision where JAX's
            is off, which would lose digits without a word.
    """
    if isinstance(array, jax.Array):
        if not jnp.issubdtype(array.dtype, jnp.floating):
            raise ValueError(f"{name}: expected a floating dtype, got {array.dtype}")
        return array
    if _masked(array):
        raise ValueError(f"{name}: a masked array has values missing; fill or leave them out")
    try:
        known = np.asarray(array)
    except ValueError as error:
        raise ValueError(f"{name}: expected an array, got a ragged sequence") from error
    if isinstance(array, list | tuple) and known.dtype.kind in "iu":
        known = known.astype(np.float64)
    if known.dtype.kind != "f":
        raise ValueError(f"{name}: expected a floating dtype, got {known.dtype}")
    if isinstance(array, list | tuple):
        return jnp.asarray(known, jax.dtypes.canonicalize_dtype(np.float64))
    if known.dtype == np.float64 and not jax.config.read("jax_enable_x64"):
        raise ValueError(
            f"{name}: its numbers are double precision, which JAX has off; call "
            "jax.config.update('jax_enable_x64', True) first, or pass single precision"
        )
    return jnp.asarray(known)


def _masked(array: Any) -> bool:
    if isinstance(array, list | tuple):
        return any(_masked(part) for part in array)
    return isinstance(array, np.ma.MaskedArray)
