r"""A ball in a reproducing kernel Hilbert space, given its kernel matrix on the points.

Functions are $f = L\theta$ with $K = L L^\top$ and $\|f\|_K = \|\theta\|$ for the shortest such
$\theta$: the set constrains coefficients in the kernel's feature space. The factor is a pivoted
Cholesky decomposition, which stops exactly at the rank asked for.
"""

import dataclasses
from typing import cast

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets.balls import L2Ball


@registered
@dataclasses.dataclass(frozen=True)
class RKHSBall(L2Ball):
    r"""$V = \{f : \|f\|_K \le r\}$ on the points of a kernel matrix.

    Attributes:
        radius: largest norm in the kernel's space.
        kernel: $k(x_i, x_j)$, symmetric positive semidefinite; None where features are given
            (rows are then feature maps $\varphi(x_i)$ with $k = \langle\varphi, \varphi\rangle$).
        rank: number of features to keep, all by default; the class is that of the truncated kernel.
    """

    kernel: Float[Array, "*batch n n"] | None = None
    rank: int | None = dataclasses.field(default=None, metadata={"static": True})

    name = "rkhs_ball"
    parameters = "FILE (kernel, radius) or RADIUS"

    def __post_init__(self):
        """Refuse a radius that is not positive and finite, and a kernel that is not square."""
        super().__post_init__()
        kernel = None if self.kernel is None else _legal.finite(self.name, "kernel", self.kernel)
        if kernel is not None and (kernel.ndim < 2 or kernel.shape[-1] != kernel.shape[-2]):
            raise ValueError(f"set: rkhs_ball needs a square kernel, got shape {kernel.shape}")

    def features(self) -> Float[Array, "n rank"]:
        """Feature maps of the points, one a row: a pivoted Cholesky factor of the kernel."""
        kernel = cast(Array, self.kernel)
        return pivoted_cholesky(kernel, self.rank or kernel.shape[0])


def pivoted_cholesky(matrix: Float[Array, "n n"], rank: int) -> Float[Array, "n rank"]:
    r"""$L$ with $LL^\top \approx K$, column after column at the largest remaining diagonal.

    Columns whose pivot is within rounding of zero are zero. The error is positive semidefinite, with
    the trace of the remaining diagonal (Harbrecht, Peters, Schneider, 2012).
    """
    size, dtype = matrix.shape[0], matrix.dtype
    floor = size * jnp.finfo(dtype).eps * jnp.max(jnp.diagonal(matrix))

    def column(index, state):
        factor, remaining = state
        pivot = jnp.argmax(remaining)
        value = remaining[pivot]
        residual = matrix[:, pivot] - factor @ factor[pivot]
        scaled = jnp.where(value > floor, residual / jnp.sqrt(jnp.where(value > 0, value, 1)), 0)
        remaining = jnp.maximum(remaining - scaled**2, 0).at[pivot].set(0)
        return factor.at[:, index].set(scaled), remaining

    start = (jnp.zeros((size, rank), dtype), jnp.diagonal(matrix))
    return jax.lax.fori_loop(0, rank, column, start)[0]
