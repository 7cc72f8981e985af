"""Optax's projections promote dtypes and ranks; this calls them and casts back."""

import jax


def with_optax(projection, point, *arguments):
    """Call an optax projection on one array in the dtype of that array."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        return projection(point, *arguments).astype(point.dtype)
