"""The divergence of a user's own generator, looked at for strict convexity before it is used."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.bregman.divergences import Divergence, Numbers, Vectors
from w2sjax.machine.host import floating

SAMPLES = 64  # different samples that are compared, all with all


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Generated(Divergence):
    r"""The divergence of a user's own $\varphi$, from its definition; `generated` checks one.

    Attributes:
        function: $\varphi$, of one vector, which JAX can differentiate.
    """

    function: Callable[[Any], Any] = dataclasses.field(metadata={"static": True})

    def generator(self, u: Vectors) -> Numbers:
        r"""$\varphi(u)$."""
        return _along(self.function, u)

    def gradient(self, u: Vectors) -> Vectors:
        r"""$\nabla\varphi(u)$."""
        return _along(jax.grad(self.function), u)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """The definition."""
        slope = jnp.sum(self.gradient(v) * (u - v), axis=-1)
        return self.generator(u) - self.generator(v) - slope


def generated(
    function: Callable[[Any], Any], samples: Float[Array | np.ndarray, "n c"]
) -> Generated:
    r"""Give the divergence of a user's own generator.

    Args:
        function: $\varphi$, of one vector of c numbers.
        samples: points of its domain, at least two different ones; strict convexity is checked there.

    Raises:
        ValueError: if the divergence of two different samples is not a positive number: between samples
            $\varphi$ is then not strictly convex, or not finite.
    """
    points = floating("samples", samples)
    if points.ndim != 2 or len(np.unique(np.asarray(points), axis=0)) < 2:
        raise ValueError(f"samples: expected two or more different rows, got shape {points.shape}")
    points = jnp.asarray(np.unique(np.asarray(points), axis=0)[:SAMPLES])
    made = Generated(function)
    apart = np.asarray(made.between(points[:, None], points[None, :]))
    wrong = np.argwhere(~(apart > 0) & ~np.eye(len(points), dtype=bool))
    if len(wrong):
        first, second = (np.asarray(points[i]).tolist() for i in wrong[0])
        raise ValueError(
            f"function: not strictly convex between samples: D({first}, {second}) = "
            f"{apart[tuple(wrong[0])]:.3g}, expected a positive number"
        )
    return made


def _along(function: Callable[[Any], Any], u: Vectors) -> Any:
    """Apply a function of one vector to all."""
    flat = jax.vmap(function)(u.reshape(-1, u.shape[-1]))
    return flat.reshape(*u.shape[:-1], *flat.shape[1:])
