r"""Sets of function values: bounded ones, nondecreasing ones, and the intersections of two.

The points of the monotone cone $v_1 \le v_2 \le \dots \le v_n$ (isotonic regression) must be sorted by
the feature in which the functions are nondecreasing. Nondecreasing and bounded values meet in a set whose
extreme points are the steps from $-B$ to $B$: its projection is isotonic regression, clipped, and its
support function a maximum over $n + 1$ steps.
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate, underflow, unit
from w2sjax.projecting.isotonic import isotonic
from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.convex_set import Support, ValueSet, members


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
        return rounding.length(jnp.maximum(jnp.abs(point) - self.bound, 0), roundings=1)

    def draw(self, key, dimension, dtype):
        """Draw uniform values, one in three at a bound."""
        values = 3 * uniform(key, (dimension,), dtype) - 1.5
        return jnp.clip(values, -1.0, 1.0) * self.bound

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the bound log-uniformly from 1/10 to 10."""
        return cls(10 ** (2 * uniform(key, (), dtype) - 1))


@registered
@dataclasses.dataclass(frozen=True)
class Monotone(ValueSet):
    r"""$V = \{v \in \mathbb{R}^n : v_1 \le \dots \le v_n\}$, points in the given order."""

    name = "monotone"

    def project(self, point, weights=None):
        """Isotonic regression; differentiable, as the blocks' weighted means."""
        return isotonic(point, jnp.ones_like(point) if weights is None else weights)

    def support(self, direction, weights=None, hint=None):
        r"""By Moreau, $\sup_{\|u\| \le R} \langle v, u \rangle = R \|P_K v\|$ for a cone $K$.

        Let $q$ be the computed $P_K v$, $z = w(v - q)$ with head sums $H_k = \sum_{i<k} z_i$, tail
        sums $T_k = \sum_{i \ge k} z_i$ and total $T$. For any split $m$ and any $u$,
        $\langle v - q, u \rangle = u_m T - \sum_{k \le m} (u_k - u_{k-1}) H_k + \sum_{k > m}
        (u_k - u_{k-1}) T_k$, where exact arithmetic has $T = 0$, $H \ge 0$ and $T_k \le 0$. Let
        $s = w(|v| + |q| + \rho)$, $\rho$ one rounding of $\|v\|$, and $m$ the point where its running
        sum passes one half: the median of a monotone $u$, so that $\sum s_i |u_i - u_m| \le \sum s_i
        |u_i|$ and $|u_m| \sum s_i \le 2 \sum s_i |u_i|$. If rounding leaves $-H_k \le c \sum_{i<k}
        s_i$, $T_k \le c \sum_{i \ge k} s_i$ and $|T| \le c \sum s_i$, then $\langle v - q, u \rangle
        \le 3c \sum s_i |u_i| \le 3c(\|v\| + \|q\| + \rho\sqrt{\sum w}) \|u\|$. The constant $c$ is
        measured, the rounding of the sums included.
        """
        size, dtype = direction.shape[0], direction.dtype
        weights = jnp.ones_like(direction) if weights is None else weights
        polar = isotonic(direction, weights)

        def length(values):
            return jnp.sqrt(jnp.sum(weights * values**2))

        floor = unit(dtype) * length(direction)
        terms = weights * (direction - polar)
        sizes = weights * (jnp.abs(direction) + jnp.abs(polar) + floor)
        heads, head_sizes = jnp.cumsum(terms), jnp.cumsum(sizes)
        tails = jnp.cumsum(terms[::-1])[::-1]
        tail_sizes = jnp.cumsum(sizes[::-1])[::-1]
        first_half = head_sizes[:-1] <= tail_sizes[1:]
        excess = jnp.where(first_half, -heads[:-1], tails[1:])
        room = jnp.where(first_half, head_sizes[:-1], tail_sizes[1:])
        excess = jnp.append(excess, jnp.abs(heads[-1]))
        room = jnp.append(room, head_sizes[-1])
        ratio = jnp.where(excess > 0, excess / jnp.where(room > 0, room, 1), 0)
        constant = jnp.max(ratio) + 2 * gamma(size + 4, dtype)

        size_norm = length(direction) + length(polar) + floor * jnp.sqrt(jnp.sum(weights))
        residual = length(polar) + 3 * constant * size_norm
        residual += underflow(size, dtype) ** 0.5
        return Support(jnp.zeros((), dtype), inflate(residual, size + 16))

    def distance(self, point):
        r"""The running maximum is monotone: $\|\max_{j \le i} v_j - v\|$; comparisons are exact."""
        return rounding.length(jax.lax.cummax(point) - point, roundings=1)

    def draw(self, key, dimension, dtype):
        """Draw a staircase: sorted normals, a third of the steps removed."""
        raw = jax.random.normal(key, (2, dimension), dtype)
        values, flat = jnp.sort(raw[0]), raw[1] > 0.5
        return jax.lax.cummax(jnp.where(flat, values[0], values))


@registered
@dataclasses.dataclass(frozen=True)
class ValueIntersection(ValueSet):
    r"""$V = A \cap B$; build it with `intersect`."""

    first: ValueSet
    second: ValueSet

    name = "intersection"
    parameters = "FILE (two sets)"

    def __post_init__(self):
        """Refuse other kinds of sets."""
        for part in members(self):
            if not isinstance(part, Monotone | BoundedValues):
                raise ValueError(f"intersection: nothing is known of values in a {part.name}")

    def _limits(self) -> tuple[bool, Any]:
        """Whether members are monotone, and their bound or None."""
        parts = members(self)
        bounds = [part.bound for part in parts if isinstance(part, BoundedValues)]
        smallest = functools.reduce(jnp.minimum, bounds) if bounds else None
        return any(isinstance(part, Monotone) for part in parts), smallest

    def project(self, point, weights=None):
        """Isotonic regression, clipped."""
        monotone, bound = self._limits()
        inner = Monotone().project(point, weights) if monotone else point
        return inner if bound is None else jnp.clip(inner, -bound, bound)

    def support(self, direction, weights=None, hint=None):
        r"""$\sigma(v) = B \max_k (\sum_{i > k} w_i v_i - \sum_{i \le k} w_i v_i)$, all steps tried.

        A partial sum passes at most n additions, and a few products more.
        """
        monotone, bound = self._limits()
        if bound is None:
            return Monotone().support(direction, weights)
        if not monotone:
            return BoundedValues(bound).support(direction, weights)
        size, dtype = direction.shape[0], direction.dtype
        terms = direction if weights is None else weights * direction
        heads = jnp.concatenate([jnp.zeros((1,), dtype), jnp.cumsum(terms)])
        value = bound * jnp.max(heads[-1] - 2 * heads)
        error = 4 * gamma(size + 6, dtype) * bound * jnp.sum(jnp.abs(terms))
        error += bound * underflow(4 * size + 4, dtype) + underflow(4, dtype)
        return Support(value + inflate(error, size + 4), jnp.zeros((), dtype))

    def distance(self, point):
        """Clip the running maximum, which is a member exactly."""
        monotone, bound = self._limits()
        member = jax.lax.cummax(point) if monotone else point
        member = member if bound is None else jnp.clip(member, -bound, bound)
        length = jnp.sqrt(jnp.sum((member - point) ** 2))
        return Rounded(length, inflate(length, point.shape[0] + 4) - length)

    def draw(self, key, dimension, dtype):
        """Draw from the first set and project."""
        return self.project(self.first.draw(key, dimension, dtype))

    @classmethod
    def random(cls, key: PRNGKeyArray, dimension: int, dtype: Any):
        """Intersect the monotone cone with random bounds."""
        return cls(Monotone(), BoundedValues.random(key, dimension, dtype))
