r"""The nonnegative orthant, $\theta \ge 0$: the cone the columns generate (nonnegative least squares)."""

import dataclasses

import jax.numpy as jnp
import optax.projections

from w2sjax.arithmetic import rounding
from w2sjax.sets._optax import with_optax
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.solvers.box import box as solve_box


@registered
@dataclasses.dataclass(frozen=True)
class Orthant(CoefficientSet):
    r"""$C = \{\theta : \theta \ge 0\}$."""

    name = "orthant"
    merges = True

    def project(self, point):
        """Clip at zero."""
        return with_optax(optax.projections.projection_non_negative, point)

    def support(self, direction, hint=None):
        r"""$\langle v, u \rangle \le \langle v^+, u \rangle$."""
        return Support(jnp.zeros((), direction.dtype), jnp.maximum(direction, 0))

    def solve(self, system, *, max_steps):
        """Active set."""
        return solve_box(system.factor, system.response, 0.0, jnp.inf, max_steps=max_steps)

    def distance(self, point):
        r"""$\|\theta^-\|$."""
        return rounding.length(jnp.maximum(-point, 0))

    def margin(self, point):
        """Smallest coordinate."""
        return jnp.min(point)

    def constraints(self, point):
        r"""$-\theta_j$."""
        return -point, near_zero(point, jnp.max(jnp.abs(point)))

    def draw(self, key, dimension, dtype):
        """Draw exponential coordinates, a third of them zero."""
        size, zero = uniform(key, (2, dimension), dtype)
        return jnp.where(zero < 1 / 3, 0, -jnp.log1p(-size))
