r"""The ball of the 1-norm, $\|\theta\|_1 \le r$: the hull of the coordinate vectors and their negatives."""

import dataclasses

import jax
import jax.numpy as jnp
import optax.projections

from w2sjax.arithmetic.rounding import gamma, inflate
from w2sjax.sets._ball import Ball
from w2sjax.sets._optax import with_optax
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import Support, near_zero
from w2sjax.sets.simplex import dyadic_simplex
from w2sjax.solvers.simplex import l1_ball as solve_l1_ball


@registered
@dataclasses.dataclass(frozen=True)
class L1Ball(Ball):
    r"""$C = \{\theta : \|\theta\|_1 \le r\}$."""

    name = "l1_ball"
    roundings = 2

    def project(self, point):
        """Soft thresholding at the level that meets the radius."""
        # Optax's own projection on the ball cannot be traced in single precision under x64.
        size = jnp.abs(point)
        moved = with_optax(optax.projections.projection_simplex, size, self.radius)
        return jnp.where(jnp.sum(size) <= self.radius, point, jnp.sign(point) * moved)

    def support(self, direction, hint=None):
        r"""$\sigma(v) = r \max_j |v_j|$."""
        value = inflate(self.radius * jnp.max(jnp.abs(direction)), 2)
        return Support(value, jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Active set."""
        return solve_l1_ball(system.factor, system.response, self.radius, max_steps=max_steps)

    @staticmethod
    def length(point):
        r"""$\|\theta\|_1$."""
        return jnp.sum(jnp.abs(point))

    def margin(self, point):
        r"""$(r - \|\theta\|_1) / \sqrt d$."""
        dimension = point.shape[0]
        length = inflate(jnp.sum(jnp.abs(point)), dimension)
        return (self.radius - length) / dimension**0.5

    def constraints(self, point):
        r"""$\langle s, \theta \rangle - r$ with the signs $s$, and $\theta_j = 0$ where it is active."""
        signs = jax.lax.stop_gradient(jnp.sign(point))
        facet = jnp.sum(signs * point) - self.radius
        active = near_zero(facet, self.radius)
        zeros = near_zero(point, self.radius) & active
        return jnp.concatenate([facet[None], point]), jnp.concatenate([active[None], zeros])

    def draw(self, key, dimension, dtype):
        """Draw signed weights on a random face of the ball, on the boundary one time in four."""
        weights_key, signs_key = jax.random.split(key)
        raw = uniform(signs_key, (dimension + 1,), dtype)
        signs = jnp.where(raw[1:] < 0.5, -jnp.ones((), dtype), 1)
        share = jnp.minimum(4 / 3 * raw[0], 1)
        inside = 1 - gamma(dimension + 16, dtype)
        return (
            signs * dyadic_simplex(weights_key, dimension, dtype) * (self.radius * share * inside)
        )
