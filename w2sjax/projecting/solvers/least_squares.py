r"""The reduced problem that every solver receives, $\min_\theta \tfrac12 \|\Sigma V^\top S\theta - z\|^2$.

What a solver returns is a `Solution`: a point, and what the certificate may need to grade it.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.projecting.solvers._norm import powers_of_two


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class LeastSquares:
    r"""A least-squares objective after a thin singular value decomposition $AS^{-1} = U \Sigma V^\top$.

    Attributes:
        singular: $\Sigma$, descending; exactly 0 in directions that are known to be null.
        right: $V$, one direction a column.
        response: $z = U^\top y$, 0 in the same directions.
        scales: $S$, the columns' units, powers of two.
        rank: number of singular values above their rounding.
    """

    singular: Float[Array, "*batch d"]
    right: Float[Array, "*batch d d"]
    response: Float[Array, "*batch d"]
    scales: Float[Array, "*batch d"]
    rank: Int[Array, "*batch"]

    @property
    def factor(self) -> Float[Array, "d d"]:
        r"""$\Sigma V^\top S$, a square root of the Gram matrix."""
        return self.singular[:, None] * self.right.T * self.scales[None, :]

    def minimum_norm(self) -> Float[Array, " d"]:
        """Unconstrained minimiser of least norm, over the directions within the rank."""
        dimension = self.singular.shape[0]
        index = jnp.arange(dimension, dtype=jnp.int32)
        kept = index < self.rank
        inverse = jnp.where(kept, 1 / jnp.where(kept, self.singular, 1), 0)
        theta = (self.right @ (inverse * self.response)) / self.scales
        # It is shortest in the columns' units; what lies in the kernel is taken away.
        kernel = jnp.where(kept, 0, self.right)[:, ::-1] / self.scales[:, None]
        basis = jnp.linalg.qr(kernel)[0]
        basis = jnp.where(index < dimension - self.rank, basis, 0)
        return theta - basis @ (basis.T @ theta)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Solution:
    """A feasible point of a convex set, near the least squares solution over that set.

    `*batch` is empty as computed, and is what `jax.vmap` adds in front. Nothing here says how good
    the point is: that is for the certificate.
    """

    coefficients: Float[Array, "*batch d"]
    dual: tuple[Float[Array, "*batch m"], Float[Array, "*batch k"]] | None
    steps: Int[Array, "*batch"]  # face problems solved


def euclidean(point: Float[Array, " d"]) -> LeastSquares:
    r"""The objective $\tfrac12 \|\theta - x\|^2$."""
    dimension = point.shape[0]
    one = jnp.ones(dimension, point.dtype)
    rank = jnp.asarray(dimension, jnp.int32)
    return LeastSquares(one, jnp.eye(dimension, dtype=point.dtype), point, one, rank)


def solve(matrix: Float[Array, "d d"], right_side: Float[Array, " d"]) -> Float[Array, " d"]:
    """Solution of least norm of a linear system whose rows and columns may have any units."""
    rows = powers_of_two(matrix.T)
    scales = powers_of_two(matrix / rows[:, None])
    left, singular, right = jnp.linalg.svd(matrix / rows[:, None] / scales[None, :])
    noise = 10 * matrix.shape[0] * jnp.finfo(matrix.dtype).eps * singular[0]
    rank = jnp.sum(singular > noise, dtype=jnp.int32)
    reduced = LeastSquares(singular, right.T, left.T @ (right_side / rows), scales, rank)
    return reduced.minimum_norm()
