r"""The Euclidean ball of coefficients, $\|\theta\|_2 \le r$."""

import dataclasses

import jax.numpy as jnp
import optax.projections
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.rounding import Rounded, gamma, inflate
from w2sjax.sets import _legal
from w2sjax.sets._optax import with_optax
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.solvers.ball import ball


@registered
@dataclasses.dataclass(frozen=True)
class L2Ball(CoefficientSet):
    r"""$C = \{\theta : \|\theta\|_2 \le r\}$."""

    radius: Float[Array, "*batch"]

    name = "l2_ball"
    parameters = "RADIUS"

    def __post_init__(self):
        """Refuse a radius that is not positive and finite."""
        _legal.positive(self.name, "radius", self.radius)

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

    def distance(self, point):
        r"""$\max(0, \|\theta\| - r)$."""
        length = jnp.sqrt(jnp.sum(point * point))
        error = gamma(point.shape[0] + 4, point.dtype) * (length + self.radius)
        error = inflate(error, 4)
        return Rounded(
            jnp.maximum(length - self.radius, 0),
            jnp.where(length + error < self.radius, 0, error),
        )

    def extent(self, dimension, dtype):
        """Return the radius, attained in every coordinate."""
        return jnp.broadcast_to(jnp.asarray(self.radius, dtype), (dimension,))

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

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the radius log-uniformly from 1/10 to 10."""
        return cls(10 ** (2 * uniform(key, (), dtype) - 1))
