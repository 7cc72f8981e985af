r"""A box of coefficients, $l \le \theta \le u$, and the nonnegative orthant, $\theta \ge 0$."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate
from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.projecting.solvers.regions import box as solve_box


@registered
@dataclasses.dataclass(frozen=True)
class Box(CoefficientSet):
    r"""$C = \{\theta : l \le \theta \le u\}$, one number or one a coordinate; $l_j = -\infty$ and
    $u_j = \infty$ leave a side open, and $l_j = u_j$ fixes a coefficient.
    """

    lower: Float[Array, "*shape"]
    upper: Float[Array, "*shape"]

    name = "box"
    parameters = "LOWER,UPPER"

    def __post_init__(self):
        """Refuse bounds between which there is no number."""
        lower = _legal.numbers(self.name, "lower bound", self.lower)
        upper = _legal.numbers(self.name, "upper bound", self.upper)
        if lower is None or upper is None:
            return
        try:
            lower, upper = np.broadcast_arrays(lower, upper)
        except ValueError:
            raise ValueError(
                f"set: box needs bounds of one shape, got {lower.shape} and {upper.shape}"
            ) from None
        wrong = (lower > upper) | (lower == np.inf) | (upper == -np.inf)
        if wrong.any():
            ends = lower[wrong][0], upper[wrong][0]
            raise ValueError(f"set: box needs lower <= upper, got {ends[0]} and {ends[1]}")

    def ends(self, dimension, dtype):
        """Return the bounds of every coordinate."""
        return tuple(jnp.full(dimension, end, dtype) for end in (self.lower, self.upper))

    def project(self, point):
        """Clip."""
        return jnp.clip(point, *self.ends(point.shape[0], point.dtype))

    def support(self, direction, hint=None):
        r"""$\sigma(v) = \sum_j \max(l_j v_j, u_j v_j)$; towards an open side $v_j u_j \le |v_j| |u_j|$."""
        size = direction.shape[0]
        lower, upper = self.ends(size, direction.dtype)
        end = jnp.where(direction > 0, upper, lower)
        open_side = (direction != 0) & jnp.isinf(end)
        terms = jnp.where(jnp.isinf(end), 0, end) * direction
        error = gamma(size + 1, direction.dtype) * jnp.sum(jnp.abs(terms))
        error += rounding.underflow(size, direction.dtype)
        value = jnp.sum(terms) + inflate(error, size + 2)
        return Support(value, jnp.where(open_side, jnp.abs(direction), 0))

    def solve(self, system, *, max_steps):
        """Active set."""
        lower, upper = self.ends(system.response.shape[0], system.response.dtype)
        return solve_box(system.factor, system.response, lower, upper, max_steps=max_steps)

    def distance(self, point):
        r"""$\|(l - \theta)^+ + (\theta - u)^+\|$; the subtraction is exact up to one rounding."""
        lower, upper = self.ends(point.shape[0], point.dtype)
        excess = jnp.maximum(lower - point, 0) + jnp.maximum(point - upper, 0)
        return rounding.length(excess, roundings=1)

    def extent(self, dimension, dtype):
        """Return the farthest corner."""
        lower, upper = self.ends(dimension, dtype)
        return jnp.maximum(jnp.abs(lower), jnp.abs(upper))

    def margin(self, point):
        """Smallest slack."""
        lower, upper = self.ends(point.shape[0], point.dtype)
        return jnp.min(jnp.minimum(point - lower, upper - point))

    def constraints(self, point):
        r"""$l_j - \theta_j$ and $\theta_j - u_j$."""
        lower, upper = self.ends(point.shape[0], point.dtype)
        ends = jnp.concatenate([lower, upper])
        values = jnp.concatenate([lower - point, point - upper])
        # One open side leaves the width to the sizes of the bound and of the point.
        sizes = jnp.maximum(jnp.abs(ends), jnp.tile(jnp.abs(point), 2))
        width = jnp.tile(upper - lower, 2)
        scale = jnp.where(jnp.isfinite(width), width, sizes)
        return values, jnp.isfinite(ends) & near_zero(values, scale)

    def draw(self, key, dimension, dtype):
        """Draw uniformly, each coordinate at one of its bounds one time in three.

        An open side ends for this purpose 10 from the bounded one, or from zero.
        """
        lower, upper = self.ends(dimension, dtype)
        origin = jnp.clip(jnp.zeros(dimension, dtype), lower, upper)
        lower = jnp.where(jnp.isinf(lower), origin - 10, lower)
        upper = jnp.where(jnp.isinf(upper), origin + 10, upper)
        share, corner = uniform(key, (2, dimension), dtype)
        inner = jnp.clip(lower + share * (upper - lower), lower, upper)
        return jnp.where(corner < 1 / 6, lower, jnp.where(corner > 5 / 6, upper, inner))

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the bounds on either side of a random centre near zero."""
        centre, width = jax.random.normal(key, (2, dimension), dtype)
        width = 10 ** jnp.clip(width / 2, -1, 1)
        return cls(centre - width, centre + width)


@registered
@dataclasses.dataclass(frozen=True)
class Orthant(CoefficientSet):
    r"""$C = \{\theta : \theta \ge 0\}$: the class is the cone the columns generate."""

    name = "orthant"
    merges = True

    def project(self, point):
        """Clip at zero."""
        return jnp.maximum(point, 0)

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
