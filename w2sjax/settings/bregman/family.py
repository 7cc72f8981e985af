"""One of several divergences, which a number chooses: a divergence that is part of an instance."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.bregman.divergences import (
    BinaryLogistic,
    Divergence,
    ItakuraSaito,
    KullbackLeibler,
    Mahalanobis,
    Numbers,
    Vectors,
)

KINDS = ("squared", "mahalanobis", "kl", "logistic", "itakura-saito")


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Family(Divergence):
    """The divergence of an index into `KINDS`.

    Attributes:
        kind: the index; the first two are of Mahalanobis.
        matrix, inverse: their matrix, and its exact inverse.
    """

    kind: Int[Array, "*batch"]
    matrix: Float[Array, "*batch c c"]
    inverse: Float[Array, "*batch c c"]

    def _chosen(self, method: str, *vectors: Vectors) -> Vectors:
        quadratic = Mahalanobis(self.matrix, self.inverse)
        every = quadratic, quadratic, KullbackLeibler(), BinaryLogistic(), ItakuraSaito()
        return jax.lax.select_n(self.kind, *[getattr(one, method)(*vectors) for one in every])

    def gradient(self, u: Vectors) -> Vectors:
        """Of the chosen one."""
        return self._chosen("gradient", u)

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        """Of the chosen one."""
        return self._chosen("conjugate_gradient", x)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """Of the chosen one."""
        return self._chosen("between", u, v)
