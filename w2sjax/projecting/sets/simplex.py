r"""The simplex $\theta \ge 0$, $\sum \theta = s$: convex combinations of the features' columns."""

import dataclasses

import jax
import jax.numpy as jnp
import optax.projections
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.projecting.solvers.regions import simplex as solve_simplex


@registered
@dataclasses.dataclass(frozen=True)
class Simplex(CoefficientSet):
    r"""$C = \{\theta \ge 0 : \sum_j \theta_j = s\}$; the class is $s$ times the hull of the columns."""

    total: Float[Array, "*batch"]

    name = "simplex"
    parameters = "[TOTAL]"

    def __post_init__(self):
        """Refuse a total that is not positive and finite."""
        _legal.positive(self.name, "total", self.total)

    def project(self, point):
        """Shift and clip."""
        return project_simplex(point, self.total)

    def support(self, direction, hint=None):
        r"""$\sigma(v) = s \max_j v_j$."""
        value = self.total * jnp.max(direction)
        slack = 2 * gamma(2, direction.dtype) * jnp.abs(value)
        return Support(value + inflate(slack, 2), jnp.zeros_like(direction))

    def solve(self, system, *, max_steps):
        """Active set."""
        return solve_simplex(system.factor, system.response, self.total, max_steps=max_steps)

    def distance(self, point):
        r"""Clipping moves by $\|\theta^-\|$; the missing sum is then scaled or added away."""
        negative = jnp.maximum(-point, 0)
        total = jnp.sum(jnp.maximum(point, 0))
        value = jnp.sqrt(jnp.sum(negative**2)) + jnp.abs(total - self.total)
        error = gamma(point.shape[0] + 4, point.dtype) * (value + total + self.total)
        return Rounded(value, inflate(error, 4))

    def extent(self, dimension, dtype):
        """Return the total, attained in every coordinate."""
        return jnp.broadcast_to(jnp.asarray(self.total, dtype), (dimension,))

    def margin(self, point):
        """Zero: the simplex has no interior."""
        return jnp.zeros((), point.dtype)

    def constraints(self, point):
        r"""$\sum \theta - s$, always active, and $-\theta_j$."""
        total = jnp.sum(point) - self.total
        active = jnp.concatenate([jnp.ones((1,), bool), near_zero(point, self.total)])
        return jnp.concatenate([total[None], -point]), active

    def draw(self, key, dimension, dtype):
        """Draw a point of a random face whose coordinates are dyadic and sum to the total exactly."""
        return self.total * dyadic_simplex(key, dimension, dtype)

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the standard simplex."""
        return cls(jnp.ones((), dtype))


def project_simplex(point: Float[Array, " d"], total: Float[Array, ""]) -> Float[Array, " d"]:
    """Project on the simplex by optax, which promotes dtypes and ranks; this casts back."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        return optax.projections.projection_simplex(point, total).astype(point.dtype)


def dyadic_simplex(key, dimension: int, dtype) -> Float[Array, " dimension"]:
    """Nonnegative multiples of 2⁻²⁰ that sum to one exactly, on a random face of the simplex."""
    grid = 2**20
    size, face = uniform(key, (2, dimension), dtype)
    keep = (face < 0.6).at[0].set(True)
    raw = jnp.where(keep, -jnp.log1p(-size), 0)
    raw = raw.at[0].add(jnp.finfo(dtype).tiny)
    counts = jnp.floor(raw / jnp.sum(raw) * (grid - dimension))
    return counts.at[0].add(grid - jnp.sum(counts)) / grid
