r"""A box of coefficients, $l \le \theta \le u$."""

import dataclasses

import jax
import jax.numpy as jnp
import optax.projections
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.rounding import gamma, inflate
from w2sjax.sets._optax import with_optax
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.solvers.box import box as solve_box


@registered
@dataclasses.dataclass(frozen=True)
class Box(CoefficientSet):
    r"""$C = \{\theta : l \le \theta \le u\}$, one number or one a coordinate, each finite."""

    lower: Float[Array, "*shape"]
    upper: Float[Array, "*shape"]

    name = "box"
    parameters = "LOWER,UPPER"

    def _bounds(self, dimension, dtype):
        lower = jnp.broadcast_to(jnp.asarray(self.lower, dtype), (dimension,))
        upper = jnp.broadcast_to(jnp.asarray(self.upper, dtype), (dimension,))
        return lower, upper

    def project(self, point):
        """Clip."""
        lower, upper = self._bounds(point.shape[0], point.dtype)
        return with_optax(optax.projections.projection_box, point, lower, upper)

    def support(self, direction, hint=None):
        r"""$\sigma(v) = \sum_j \max(l_j v_j, u_j v_j)$."""
        size = direction.shape[0]
        lower, upper = self._bounds(size, direction.dtype)
        terms = jnp.maximum(lower * direction, upper * direction)
        error = gamma(size + 1, direction.dtype) * jnp.sum(jnp.abs(terms))
        error += rounding.underflow(size, direction.dtype)
        return Support(jnp.sum(terms) + inflate(error, size + 2), jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Active set."""
        lower, upper = self._bounds(system.response.shape[0], system.response.dtype)
        return solve_box(system.factor, system.response, lower, upper, max_steps=max_steps)

    def distance(self, point):
        r"""$\|(l - \theta)^+ + (\theta - u)^+\|$; the subtraction is exact up to one rounding."""
        lower, upper = self._bounds(point.shape[0], point.dtype)
        excess = jnp.maximum(lower - point, 0) + jnp.maximum(point - upper, 0)
        length = rounding.length(excess)
        return length.perturbed(2 * rounding.unit(point.dtype) * length.value)

    def extent(self, dimension, dtype):
        """Return the farthest corner."""
        lower, upper = self._bounds(dimension, dtype)
        return jnp.maximum(jnp.abs(lower), jnp.abs(upper))

    def margin(self, point):
        """Smallest slack."""
        lower, upper = self._bounds(point.shape[0], point.dtype)
        return jnp.min(jnp.minimum(point - lower, upper - point))

    def constraints(self, point):
        r"""$l_j - \theta_j$ and $\theta_j - u_j$."""
        lower, upper = self._bounds(point.shape[0], point.dtype)
        values = jnp.concatenate([lower - point, point - upper])
        width = jnp.concatenate([upper - lower, upper - lower])
        return values, near_zero(values, width)

    def draw(self, key, dimension, dtype):
        """Draw uniformly, each coordinate at one of its bounds one time in three."""
        lower, upper = self._bounds(dimension, dtype)
        share, corner = uniform(key, (2, dimension), dtype)
        inner = jnp.clip(lower + share * (upper - lower), lower, upper)
        return jnp.where(corner < 1 / 6, lower, jnp.where(corner > 5 / 6, upper, inner))

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the bounds on either side of a random centre near zero."""
        centre, width = jax.random.normal(key, (2, dimension), dtype)
        width = 10 ** jnp.clip(width / 2, -1, 1)
        return cls(centre - width, centre + width)
