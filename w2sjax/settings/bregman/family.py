"""One of several divergences, or of their conjugates, which numbers choose: it is part of an instance."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from w2sjax.bregman.conjugates import Conjugate
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
_PRIMAL = KullbackLeibler(), BinaryLogistic(), ItakuraSaito()
_OTHERS = *_PRIMAL, *map(Conjugate, _PRIMAL)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Family(Divergence):
    """The divergence of an index into `KINDS`.

    Attributes:
        kind: the index; the first two are of Mahalanobis.
        dual: whether the conjugate is meant.
        matrix, inverse: of the first two, and its exact inverse.
    """

    kind: Int[Array, "*batch"]
    dual: Bool[Array, "*batch"]
    matrix: Float[Array, "*batch c c"]
    inverse: Float[Array, "*batch c c"]

    def _chosen(self, method: str, *vectors: Vectors) -> Array:
        pair = self.matrix, self.inverse
        first, second = (jnp.where(self.dual, b, a) for a, b in zip(pair, pair[::-1], strict=True))
        every = Mahalanobis(first, second), *_OTHERS
        place = jnp.maximum(self.kind - 1, 0)
        place += jnp.where(self.dual & (place > 0), len(_PRIMAL), 0)
        return jax.lax.select_n(place, *[getattr(one, method)(*vectors) for one in every])

    def gradient(self, u: Vectors) -> Vectors:
        """Of the chosen one."""
        return self._chosen("gradient", u)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """Of the chosen one."""
        return self._chosen("between", u, v)
