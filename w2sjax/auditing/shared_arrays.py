"""Arrays whose rows several devices share, or hosts: checked and widened where they are."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.auditing.checks import DataError, place
from w2sjax.machine.sharded import along_automatic_axes


def shared_array(label: str, values: jax.Array, dimensions: dict[int, str]) -> jax.Array:
    """Return an array as finite doubles, each part on its device; see `real_array`."""
    if not jnp.issubdtype(values.dtype, jnp.floating):
        raise DataError(
            f"{label}: has dtype {values.dtype}; devices share floating-point numbers alone"
        )
    if values.ndim not in dimensions:
        shapes = " or ".join(dimensions.values())
        raise DataError(
            f"{label}: has {values.ndim} dimensions (shape {values.shape}); expected {shapes}"
        )
    if not jax.config.read("jax_enable_x64"):
        raise DataError(f"{label}: needs doubles: jax.config.update('jax_enable_x64', True)")
    doubles = along_automatic_axes(values).astype(jnp.float64)
    wrong = ~jnp.isfinite(doubles)
    if wrong.any():
        index = np.unravel_index(int(wrong.argmax()), wrong.shape)
        raise DataError(f"{label}: NaN or infinity at {place(*map(int, index))}")
    return doubles


def brought_together(label: str, array: Any) -> Any:
    """Return an array as numpy's.

    Raises:
        DataError: if other hosts have parts of it.
    """
    if isinstance(array, jax.Array):
        if not array.is_fully_addressable:
            raise DataError(
                f"{label}: hosts share the rows; a split, neighbours, overlap and sets of values need "
                "them on one"
            )
        return np.asarray(array)
    return array
