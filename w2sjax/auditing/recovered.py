r"""Performance gap recovered: the student's share of the way from the weak model to the ceiling.

$$\mathrm{PGR} = \frac{\text{student} - \text{weak}}{\text{ceiling} - \text{weak}}.$$

Reference. Burns et al. (2023), section 3, arXiv:2312.09390.
"""

import dataclasses
import enum

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


class GapStatus(enum.IntEnum):
    """Whether the ratio means anything."""

    DEFINED = 0
    BELOW = 1  # the ceiling is below the weak model: the ratio's sign misleads
    UNDEFINED = 2  # the ceiling is the weak model, or something is NaN


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Recovered:
    """The ratio, NaN where it is undefined, and a `GapStatus`."""

    value: Float[Array, "*batch"]
    status: Int[Array, "*batch"]


def gap_recovered(
    weak: Float[Array, "*batch"], student: Float[Array, "*batch"], ceiling: Float[Array, "*batch"]
) -> Recovered:
    """Compare scores of which larger ones are better."""
    gap = ceiling - weak
    defined = jnp.isfinite(gap) & jnp.isfinite(student) & (gap != 0)
    status = jnp.where(gap < 0, int(GapStatus.BELOW), int(GapStatus.DEFINED))
    return Recovered(
        value=jnp.where(defined, (student - weak) / jnp.where(defined, gap, 1), jnp.nan),
        status=jnp.where(defined, status, int(GapStatus.UNDEFINED)).astype(jnp.int32),
    )
