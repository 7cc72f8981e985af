r"""Down to which difference two numbers are one: what the precision they were stored in leaves open.

Probabilities are seldom computed in the precision in which they are looked at. One that was stored with
unit roundoff u is off by at most u times itself. The confidence max(p, 1 - p) is then off by at most u, also
where it comes from the small one of the two, so that two confidences of one number differ by at most 2u:
0.9 and 1 - 0.1 in single precision are 0.8999999762 and 0.8999999985.

The stored precision is the coarsest floating-point type that holds all the numbers: that of the array itself
inside `jax.jit`, where they cannot be seen. Features are taken for single precision at worst, since small
whole numbers are exact in any type.
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import gamma, unit
from w2sjax.machine.host import concrete
from w2sjax.projecting.rows import Rows

NARROW = (jnp.bfloat16, jnp.float16, jnp.float32)  # coarsest first
ROWS = 4096  # looked at together


def of_confidences(probabilities: Float[Array, "n *classes"]) -> float:
    """Bound the difference of two confidences of one number, made of these probabilities."""
    return 2 * _stored_unit(probabilities, NARROW)


def of_scores(features: Float[Array, "n d"] | Rows) -> float:
    r"""Bound the difference of two cosines that are one number.

    An error of u in each number turns a row by at most u. Two rows, and $3d + 8$ roundings of the lengths,
    the quotients and the product; twice, for two cosines.
    """
    stored = _stored_unit(features, NARROW[2:])
    return 2 * (2 * stored + gamma(3 * features.shape[1] + 8, features.dtype))


def _stored_unit(values, kinds) -> float:
    own = unit(values.dtype)
    known = values if isinstance(values, Rows) else concrete(values)
    if known is None:
        return own
    return next((unit(kind) for kind in kinds if unit(kind) > own and _holds(kind, known)), own)


def _holds(kind, known: np.ndarray | Rows) -> bool:
    """Whether a type represents all numbers; a few rows decide in most cases."""

    def exact(part: np.ndarray) -> bool:
        with np.errstate(over="ignore"):
            return np.array_equal(part, part.astype(kind).astype(part.dtype))

    if isinstance(known, Rows):
        return all(known.each(lambda rows: exact(known.array[rows])))
    return all(exact(known[i : i + ROWS]) for i in range(0, len(known), ROWS))
