"""Uniform numbers in blocks of sixteen.

XLA unrolls the generator for small odd sizes, which takes four times as long to compile.
"""

import math

import jax
from jaxtyping import Array, Float, PRNGKeyArray

BLOCK = 16


def uniform(key: PRNGKeyArray, shape: tuple[int, ...], dtype) -> Float[Array, "*shape"]:
    """Draw numbers in [0, 1) of any shape."""
    count = math.prod(shape)
    padded = -(-count // BLOCK) * BLOCK
    return jax.random.uniform(key, (padded,), dtype)[:count].reshape(shape)
