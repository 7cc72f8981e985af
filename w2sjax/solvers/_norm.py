"""The Euclidean norm of a vector whose squares may overflow or underflow."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def scaled_norm(vector: Float[Array, " n"]) -> Float[Array, ""]:
    """Compute the norm in units of the largest component."""
    largest = jnp.max(jnp.abs(vector))
    safe = jnp.where(largest > 0, largest, 1)
    return safe * jnp.sqrt(jnp.sum((vector / safe) ** 2))
