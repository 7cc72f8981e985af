"""A representation near another one: independent Gaussian noise on every parameter."""

from typing import Any

import jax
from jaxtyping import PRNGKeyArray


def perturb(key: PRNGKeyArray, parameters: Any, scale: float) -> Any:
    r"""Add independent $\mathcal{N}(0, \text{scale}^2)$ to every parameter."""
    leaves, structure = jax.tree.flatten(parameters)
    keys = jax.random.split(key, len(leaves))
    moved = [
        leaf + scale * jax.random.normal(leaf_key, leaf.shape, leaf.dtype)
        for leaf, leaf_key in zip(leaves, keys, strict=True)
    ]
    return jax.tree.unflatten(structure, moved)
