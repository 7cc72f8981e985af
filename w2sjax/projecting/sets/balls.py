r"""The balls of coefficients of the 1-norm and of the Euclidean one."""

import abc
import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.projecting.sets.simplex import dyadic_simplex, project_simplex
from w2sjax.projecting.solvers.ball import ball
from w2sjax.projecting.solvers.regions import l1_ball


@dataclasses.dataclass(frozen=True)
class Ball(CoefficientSet):
    r"""$C = \{\theta : \|\theta\| \le r\}$ in a norm of which a coordinate's size is at most one."""

    radius: Float[Array, "*batch"]

    parameters = "RADIUS"
    roundings: ClassVar[int]  # of a length, beside one a coordinate

    def __post_init__(self):
        """Refuse a radius that is not positive and finite."""
        _legal.positive(self.name, "radius", self.radius)

    @abc.abstractmethod
    def length(self, point: Float[Array, " d"]) -> Float[Array, ""]:
        """Compute the norm."""

    def distance(self, point):
        r"""Shrinking to the radius moves the point by at most $\max(0, \|\theta\| - r)$."""
        length = self.length(point)
        error = gamma(point.shape[0] + self.roundings, point.dtype) * (length + self.radius)
        error = inflate(error, 4)
        error = jnp.where(length + error < self.radius, 0, error)
        return Rounded(jnp.maximum(length - self.radius, 0), error)

    def extent(self, dimension, dtype):
        """Return the radius, attained in every coordinate."""
        return jnp.broadcast_to(jnp.asarray(self.radius, dtype), (dimension,))

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the radius log-uniformly from 1/10 to 10."""
        return cls(10 ** (2 * uniform(key, (), dtype) - 1))


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
        moved = project_simplex(size, self.radius)
        return jnp.where(jnp.sum(size) <= self.radius, point, jnp.sign(point) * moved)

    def support(self, direction, hint=None):
        r"""$\sigma(v) = r \max_j |v_j|$."""
        value = inflate(self.radius * jnp.max(jnp.abs(direction)), 2)
        return Support(value, jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Active set."""
        return l1_ball(system.factor, system.response, self.radius, max_steps=max_steps)

    def length(self, point):
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
        weights = dyadic_simplex(weights_key, dimension, dtype)
        return signs * weights * (self.radius * share * inside)


@registered
@dataclasses.dataclass(frozen=True)
class L2Ball(Ball):
    r"""$C = \{\theta : \|\theta\|_2 \le r\}$."""

    name = "l2_ball"
    roundings = 4

    def project(self, point):
        """Scale the point back to the sphere if it lies outside."""
        radius = jnp.asarray(self.radius, point.dtype)
        return point * (radius / jnp.sqrt(jnp.maximum(jnp.sum(point**2), radius**2)))

    def support(self, direction, hint=None):
        r"""$\sigma(v) = r \|v\|$."""
        value = inflate(self.radius * rounding.norm(direction), 2)
        return Support(value, jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Secular equation."""
        return ball(system.factor, system.response, self.radius, max_steps=max_steps)

    def length(self, point):
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
