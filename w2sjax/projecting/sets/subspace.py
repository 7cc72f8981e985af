"""The whole space of coefficients: its class is a subspace, with a free constant if affine."""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.arithmetic.rounding import Rounded
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support
from w2sjax.projecting.solvers.least_squares import LeastSquares, Solution


@registered
@dataclasses.dataclass(frozen=True)
class Subspace(CoefficientSet):
    r"""All coefficients, $C = \mathbb{R}^d$; a smaller subspace is spanned by fewer features."""

    name = "subspace"
    linear = True

    def project(self, point):
        """Every point is a member."""
        return point

    def support(self, direction, hint=None):
        r"""$\langle v, u \rangle \le \sum |v_j| |u_j|$ is all that can be said."""
        return Support(jnp.zeros((), direction.dtype), jnp.abs(direction))

    def solve(self, system: LeastSquares, *, max_steps: int):
        """Closed form, of least norm."""
        return Solution(system.minimum_norm(), None, jnp.zeros((), jnp.int32))

    def distance(self, point):
        """Zero."""
        zero = jnp.zeros((), point.dtype)
        return Rounded(zero, zero)

    def margin(self, point):
        """Infinite."""
        return jnp.asarray(jnp.inf, point.dtype)

    def constraints(self, point):
        """None."""
        return jnp.zeros((0,), point.dtype), jnp.zeros((0,), bool)

    def draw(self, key, dimension, dtype):
        """Gaussian coefficients."""
        return jax.random.normal(key, (dimension,), dtype)


@registered
@dataclasses.dataclass(frozen=True)
class Affine(Subspace):
    r"""All coefficients with an unpenalised intercept: $f(x) = \langle \theta, h(x) \rangle + c$."""

    name = "affine"
    intercept = True
