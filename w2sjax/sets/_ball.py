"""What balls of coefficients share, whatever their norm."""

import abc
import dataclasses
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.sets import _legal
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import CoefficientSet


@dataclasses.dataclass(frozen=True)
class Ball(CoefficientSet):
    r"""$C = \{\theta : \|\theta\| \le r\}$ in a norm of which a coordinate's size is at most one."""

    radius: Float[Array, "*batch"]

    parameters = "RADIUS"
    roundings: ClassVar[int]  # of a length, beside one a coordinate

    def __post_init__(self):
        """Refuse a radius that is not positive and finite."""
        _legal.positive(self.name, "radius", self.radius)

    @staticmethod
    @abc.abstractmethod
    def length(point: Float[Array, " d"]) -> Float[Array, ""]:
        """Compute the norm."""

    def distance(self, point):
        r"""Shrinking to the radius moves the point by at most $\max(0, \|\theta\| - r)$."""
        length = self.length(point)
        error = gamma(point.shape[0] + self.roundings, point.dtype) * (length + self.radius)
        error = inflate(error, 4)
        return Rounded(
            jnp.maximum(length - self.radius, 0),
            jnp.where(length + error < self.radius, 0, error),
        )

    def extent(self, dimension, dtype):
        """Return the radius, attained in every coordinate."""
        return jnp.broadcast_to(jnp.asarray(self.radius, dtype), (dimension,))

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the radius log-uniformly from 1/10 to 10."""
        return cls(10 ** (2 * uniform(key, (), dtype) - 1))
