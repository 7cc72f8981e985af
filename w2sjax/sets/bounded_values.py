r"""Bounded function values, $|f(x_i)| \le B$."""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate, underflow
from w2sjax.sets import _legal
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import Support, ValueSet


@registered
@dataclasses.dataclass(frozen=True)
class BoundedValues(ValueSet):
    r"""$V = \{v \in \mathbb{R}^n : |v_i| \le B\}$."""

    bound: Float[Array, "*batch"]

    name = "bounded_values"
    parameters = "BOUND"

    def __post_init__(self):
        """Refuse a bound that is not positive and finite."""
        _legal.positive(self.name, "bound", self.bound)

    def project(self, point, weights=None):
        """Clip, whatever the weights."""
        return jnp.clip(point, -self.bound, self.bound)

    def support(self, direction, weights=None, hint=None):
        r"""$\sigma(v) = B \sum_i w_i |v_i|$."""
        size, dtype = direction.shape[0], direction.dtype
        weights = jnp.ones_like(direction) if weights is None else weights
        value = self.bound * jnp.sum(weights * jnp.abs(direction))
        error = gamma(size + 2, dtype) * value + underflow(size + 2, dtype)
        return Support(value + inflate(error, 4), jnp.zeros((), dtype))

    def distance(self, point):
        r"""$\|(|v| - B)^+\|$."""
        excess = jnp.maximum(jnp.abs(point) - self.bound, 0)
        length = rounding.length(excess)
        return length.perturbed(2 * rounding.unit(point.dtype) * length.value)

    def draw(self, key, dimension, dtype):
        """Draw uniform values, one in three at a bound."""
        values = 3 * uniform(key, (dimension,), dtype) - 1.5
        return jnp.clip(values, -1.0, 1.0) * self.bound

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the bound log-uniformly from 1/10 to 10."""
        return cls(10 ** (2 * uniform(key, (), dtype) - 1))
