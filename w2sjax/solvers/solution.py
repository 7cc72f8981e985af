"""What a solver returns: a point, and what the certificate may need to grade it."""

import dataclasses

import jax
from jaxtyping import Array, Float, Int


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Solution:
    """A feasible point of a convex set, near the least squares solution over that set.

    `*batch` is empty as computed, and is what `jax.vmap` adds in front. Nothing here says how good
    the point is: that is for the certificate.
    """

    coefficients: Float[Array, "*batch d"]
    dual: tuple[Float[Array, "*batch m"], Float[Array, "*batch k"]] | None
    steps: Int[Array, "*batch"]  # face problems solved
