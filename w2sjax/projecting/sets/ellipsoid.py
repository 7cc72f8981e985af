r"""An ellipsoid of coefficients, $(\theta - c)^\top M (\theta - c) \le 1$ with $M$ positive definite.

With $M = LL^\top$ and $\varphi = L^\top(\theta - c)$ it is the unit ball, over features that the
triangular factor transforms.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.projecting.solvers.ball import ball


@registered
@dataclasses.dataclass(frozen=True)
class Ellipsoid(CoefficientSet):
    r"""$C = \{\theta : \|L^\top(\theta - c)\| \le 1\}$ for a lower triangular $L$ (of $M = LL^\top$)."""

    cholesky: Float[Array, "*batch d d"]
    centre: Float[Array, "*batch d"]

    name = "ellipsoid"
    parameters = "FILE (matrix, centre)"

    def __post_init__(self):
        """Refuse a factor that is singular or not finite, and a centre that does not fit."""
        factor = _legal.finite(self.name, "factor", self.cholesky)
        centre = _legal.finite(self.name, "centre", self.centre)
        if factor is None or centre is None:
            return
        if factor.shape[-1:] != centre.shape[-1:] or factor.shape[-2:-1] != factor.shape[-1:]:
            raise ValueError(
                f"set: the ellipsoid's centre has shape {centre.shape}, its matrix {factor.shape}"
            )
        if not np.diagonal(factor, axis1=-2, axis2=-1).all():
            raise ValueError("set: ellipsoid needs a factor with nonzero diagonal entries")

    @classmethod
    def from_matrix(
        cls, matrix: Float[Array, "*shape"], centre: Float[Array, "*size"] | None = None
    ) -> "Ellipsoid":
        """Build from $M$; in a trace, NaN where $M$ is not positive definite.

        Raises:
            ValueError: for a matrix that is not square, symmetric and positive definite, or a centre of
                another size.
        """
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
            raise ValueError(f"set: ellipsoid needs a square matrix, got shape {matrix.shape}")
        known = _legal.finite(cls.name, "matrix", matrix)
        if centre is None:
            centre = jnp.zeros(matrix.shape[0], matrix.dtype)
        factor = jnp.linalg.cholesky(matrix)
        if known is not None:
            if not np.allclose(known, known.T, atol=1e-8 * np.max(np.abs(known))):
                raise ValueError("set: the ellipsoid's matrix is not symmetric")
            if not np.isfinite(np.asarray(factor)).all():
                raise ValueError("set: the ellipsoid's matrix is not positive definite")
        return cls(factor, centre)

    def _lower(self) -> Float[Array, "d d"]:
        return jnp.tril(self.cholesky)

    def _inverse(self) -> Float[Array, "d d"]:
        identity = jnp.eye(self.centre.shape[0], dtype=self.centre.dtype)
        return solve_triangular(self._lower(), identity, lower=True).T

    def support(self, direction, hint=None):
        r"""$\sigma(v) = \langle v, c \rangle + \|L^{-1} v\|$, the solve's backward error added."""
        size, dtype = direction.shape[0], direction.dtype
        transformed = solve_triangular(self._lower(), direction, lower=True)
        # Substitution: |L x - v| <= gamma_d |L||x|; dividing by the smallest singular value of L.
        inverse = rounding.norm(self._inverse().ravel())
        backward = gamma(size + 2, dtype) * rounding.norm(self._lower().ravel())
        backward *= rounding.norm(transformed) * inverse
        offset = jnp.sum(direction * self.centre)
        error = gamma(size + 2, dtype) * rounding.norm(direction) * rounding.norm(self.centre)
        value = offset + inflate(2 * backward + error, 8) + rounding.norm(transformed)
        return Support(value + 4 * rounding.unit(dtype) * jnp.abs(value), jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Change variables to the unit ball, solve there and map back."""
        inverse = self._inverse()
        response = system.response - system.factor @ self.centre
        one = jnp.ones((), response.dtype)
        solution = ball(system.factor @ inverse, response, one, max_steps=max_steps)
        # Rounding in the substitution is proportional to the conditioning of L; stay inside by it.
        margin = gamma(4 * inverse.shape[0], response.dtype)
        coefficients = self.centre + inverse @ (solution.coefficients * (1 - margin))
        return dataclasses.replace(solution, coefficients=coefficients)

    def _length(self, point) -> Rounded:
        size, dtype = point.shape[0], point.dtype
        shift = point - self.centre
        value = jnp.sqrt(jnp.sum((self._lower().T @ shift) ** 2))
        largest = rounding.norm(self._lower().ravel()) * rounding.norm(shift)
        return Rounded(value, inflate(gamma(2 * size + 8, dtype) * largest, 8))

    def distance(self, point):
        r"""Shrinking to the boundary moves by $(1 - 1/\|L^\top(\theta - c)\|) \|\theta - c\|$."""
        length = self._length(point)
        norm = rounding.norm(point - self.centre)
        value = jnp.maximum(1 - 1 / jnp.maximum(length.value, 1), 0) * norm
        return Rounded(value, inflate((length.error + gamma(8, point.dtype)) * norm, 8))

    def extent(self, dimension, dtype):
        r"""$|c_j| + \|Y_j\| / (1 - \|E\|)$, $Y$ the computed inverse root and $E = L^\top Y - I$.

        The exact inverse root is $Y (I + E)^{-1}$; inf where $\|E\| \ge 1$ as far as is known.
        """
        lower, inverse = self._lower(), self._inverse()
        identity = jnp.eye(dimension, dtype=dtype)
        missing = jnp.abs(jnp.matmul(lower.T, inverse, precision=rounding.HIGHEST) - identity)
        missing += gamma(dimension + 2, dtype) * (jnp.abs(lower.T) @ jnp.abs(inverse))
        off = inflate(rounding.norm(missing.ravel()), dimension + 4)
        rows = inflate(jnp.sqrt(jnp.sum(inverse**2, axis=1)), dimension + 3)
        axes = jnp.where(off < 1, rows / jnp.where(off < 1, 1 - off, 1), jnp.inf)
        return inflate(jnp.abs(self.centre) + axes, 4)

    def margin(self, point):
        r"""$(1 - \rho)$ over the largest singular value of $L$."""
        length = self._length(point)
        return (1 - length.upper()) / rounding.norm(self._lower().ravel())

    def constraints(self, point):
        r"""$(\rho^2 - 1) / 2$."""
        value = (jnp.sum((self._lower().T @ (point - self.centre)) ** 2) - 1) / 2
        return value[None], near_zero(value, jnp.ones_like(value))[None]

    def draw(self, key, dimension, dtype):
        """Map a random direction from the unit ball, near the boundary one time in four."""
        raw = uniform(key, (dimension + 1,), dtype)
        direction = 2 * raw[1:] - 1
        share = jnp.minimum(4 / 3 * raw[0], 1)
        inside = 1 - gamma(8 * dimension + 16, dtype)
        unit = direction * (share * inside / jnp.sqrt(jnp.sum(direction**2)))
        return self.centre + self._inverse() @ unit

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw a triangular factor with axes between 1/10 and 10 and a centre near zero."""
        raw = jax.random.normal(key, (dimension + 2, dimension), dtype)
        axes = 10 ** jnp.clip(raw[-2] / 2, -1, 1)
        mix = jnp.tril(0.3 * raw[:dimension], -1)
        factor = (mix + jnp.eye(dimension, dtype=dtype)) * axes[None, :]
        return cls(factor, raw[-1])
