"""Euclidean norms of vectors whose squares may overflow or underflow, and units made of them."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def scaled_norm(vector: Float[Array, " n"]) -> Float[Array, ""]:
    """Compute the norm in units of the largest component."""
    largest = jnp.max(jnp.abs(vector))
    safe = jnp.where(largest > 0, largest, 1)
    return safe * jnp.sqrt(jnp.sum((vector / safe) ** 2))


def powers_of_two(factor: Float[Array, "m d"]) -> Float[Array, " d"]:
    """Return units in which the columns have lengths from 1 to 2; the least for columns of zeros."""
    lengths = jax.vmap(scaled_norm, in_axes=1)(factor)
    _, exponents = jnp.frexp(lengths)
    units = jnp.ldexp(jnp.ones_like(lengths), exponents - 1)
    least = jnp.min(jnp.where(lengths > 0, units, jnp.inf))
    return jnp.where(lengths > 0, units, jnp.where(jnp.isfinite(least), least, 1))
