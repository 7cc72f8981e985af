r"""The Euclidean ball of coefficients, $\|\theta\|_2 \le r$."""

import dataclasses

import jax.numpy as jnp
import optax.projections

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate
from w2sjax.sets._ball import Ball
from w2sjax.sets._optax import with_optax
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import Support, near_zero
from w2sjax.solvers.ball import ball


@registered
@dataclasses.dataclass(frozen=True)
class L2Ball(Ball):
    r"""$C = \{\theta : \|\theta\|_2 \le r\}$."""

    name = "l2_ball"
    roundings = 4

    def project(self, point):
        """Scale the point back to the sphere if it lies outside."""
        return with_optax(optax.projections.projection_l2_ball, point, self.radius)

    def support(self, direction, hint=None):
        r"""$\sigma(v) = r \|v\|$."""
        value = inflate(self.radius * rounding.norm(direction), 2)
        return Support(value, jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Secular equation."""
        return ball(system.factor, system.response, self.radius, max_steps=max_steps)

    @staticmethod
    def length(point):
        r"""$\|\theta\|$."""
        return jnp.sqrt(jnp.sum(point * point))

    def margin(self, point):
        r"""$r - \|\theta\|$."""
        return self.radius - rounding.norm(point)

    def constraints(self, point):
        r"""$(\|\theta\|^2 / r - r) / 2$."""
        value = (jnp.sum(point * point) / self.radius - self.radius) / 2
        return value[None], near_zero(value, self.radius)[None]

    def draw(self, key, dimension, dtype):
        """Draw a random direction at a uniform radius, on the sphere one time in four."""
        raw = uniform(key, (dimension + 1,), dtype)
        direction = 2 * raw[1:] - 1
        share = jnp.minimum(4 / 3 * raw[0], 1)
        # A few roundings inside the sphere, so that the member really is one.
        inside = 1 - gamma(dimension + 16, dtype)
        return direction * (share * inside * self.radius / jnp.sqrt(jnp.sum(direction**2)))
