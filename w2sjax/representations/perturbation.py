"""A representation near another one: independent Gaussian noise on every parameter."""

from typing import Any

import jax
import optax
from jaxtyping import PRNGKeyArray


def perturb(key: PRNGKeyArray, parameters: Any, scale: float) -> Any:
    r"""Add independent $\mathcal{N}(0, \text{scale}^2)$ to every parameter."""
    noise = optax.tree.random_like(key, parameters)
    return jax.tree.map(lambda leaf, moved: leaf + scale * moved, parameters, noise)
