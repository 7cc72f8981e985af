r"""The reduced problem that every solver receives: $\min_\theta \tfrac12 \|\Sigma V^\top\theta - z\|^2$."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class LeastSquares:
    r"""A least-squares objective after a thin singular value decomposition $A = U \Sigma V^\top$.

    Attributes:
        singular: $\Sigma$, descending, exactly 0 beyond the numerical rank.
        right: $V$, one direction a column.
        response: $z = U^\top y$, 0 beyond the numerical rank.
    """

    singular: Float[Array, "*batch d"]
    right: Float[Array, "*batch d d"]
    response: Float[Array, "*batch d"]

    @property
    def factor(self) -> Float[Array, "d d"]:
        r"""$\Sigma V^\top$, a square root of the Gram matrix."""
        return self.singular[:, None] * self.right.T

    def minimum_norm(self) -> Float[Array, " d"]:
        """Unconstrained minimiser of least norm."""
        inverse = jnp.where(
            self.singular > 0, 1 / jnp.where(self.singular > 0, self.singular, 1), 0
        )
        return self.right @ (inverse * self.response)


def euclidean(point: Float[Array, " d"]) -> LeastSquares:
    r"""The objective $\tfrac12 \|\theta - x\|^2$."""
    dimension = point.shape[0]
    return LeastSquares(
        singular=jnp.ones(dimension, point.dtype),
        right=jnp.eye(dimension, dtype=point.dtype),
        response=point,
    )
