"""Operations on constants of the code, computed once: exact where the result needs no rounding."""

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.arithmetic.running_error.arrays import EXACT

LARGEST = 4096  # entries that are compared with the rational result
_RATIONAL: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "convert_element_type": lambda number: number,
}


def folded(
    name: str, bind: Callable[..., Any], operands: Sequence[np.ndarray]
) -> list[np.ndarray] | None:
    """Compute an operation on exact constants; None where its result is rounded."""
    with jax.ensure_compile_time_eval():
        found = [np.asarray(value) for value in bind(*operands)]
    real = any(jnp.issubdtype(value.dtype, jnp.floating) for value in found)
    return found if not real or name in EXACT or _is_exact(name, operands, found) else None


def _is_exact(name: str, operands: Sequence[np.ndarray], found: list[np.ndarray]) -> bool:
    if name not in _RATIONAL or found[0].size > LARGEST:
        return False
    arrays = [np.asarray(array, float) for array in (*operands, found[0])]
    if not all(np.isfinite(array).all() for array in arrays):
        return False
    rows = zip(*(array.reshape(-1).tolist() for array in np.broadcast_arrays(*arrays)), strict=True)
    rationals = (tuple(map(Fraction, row)) for row in rows)
    return all(
        not (name == "div" and row[1] == 0) and _RATIONAL[name](*row[:-1]) == row[-1]
        for row in rationals
    )
