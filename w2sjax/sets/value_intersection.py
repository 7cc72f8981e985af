r"""The intersection of two sets of function values.

Nondecreasing and bounded values meet in a set whose extreme points are the steps from $-B$ to $B$:
its projection is isotonic regression, clipped, and its support function a maximum over $n + 1$
steps. Other pairs are projected on by Dykstra's alternating projections (Boyle and Dykstra, 1986).
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from w2sjax.arithmetic.rounding import Rounded, gamma, inflate, underflow
from w2sjax.sets._registered import registered
from w2sjax.sets.bounded_values import BoundedValues
from w2sjax.sets.convex_set import Support, ValueSet, members
from w2sjax.sets.monotone import Monotone

ROUNDS = 1000  # of Dykstra's method


@registered
@dataclasses.dataclass(frozen=True)
class ValueIntersection(ValueSet):
    r"""$V = A \cap B$; build it with `intersect`."""

    first: ValueSet
    second: ValueSet

    name = "intersection"
    parameters = "FILE (two sets)"

    def _bounded_monotone(self) -> tuple[bool, Any] | None:
        """Whether monotone, and the bound or None; None if another kind of set takes part."""
        parts = members(self)
        if not all(isinstance(part, Monotone | BoundedValues) for part in parts):
            return None
        bounds = [part.bound for part in parts if isinstance(part, BoundedValues)]
        smallest = functools.reduce(jnp.minimum, bounds) if bounds else None
        return any(isinstance(part, Monotone) for part in parts), smallest

    def project(self, point, weights=None):
        """Isotonic regression, clipped; Dykstra's method for other pairs."""
        kind = self._bounded_monotone()
        if kind is not None:
            monotone, bound = kind
            inner = Monotone().project(point, weights) if monotone else point
            return inner if bound is None else jnp.clip(inner, -bound, bound)

        def sweep(_, state):
            value, first_rest, second_rest = state
            middle = self.first.project(value + first_rest, weights)
            last = self.second.project(middle + second_rest, weights)
            return last, value + first_rest - middle, middle + second_rest - last

        zero = jnp.zeros_like(point)
        return jax.lax.fori_loop(0, ROUNDS, sweep, (point, zero, zero))[0]

    def support(self, direction, weights=None, hint=None):
        r"""$\sigma(v) = B \max_k (\sum_{i > k} w_i v_i - \sum_{i \le k} w_i v_i)$ if monotone.

        For other pairs $\sigma_A(v_1) + \sigma_B(v - v_1)$ with `hint` for $v_1$, by default the
        best of $0$, $v/2$ and $v$.
        """
        kind = self._bounded_monotone()
        if kind is not None and not (kind[0] and kind[1] is not None):
            monotone, bound = kind
            single = Monotone() if monotone else BoundedValues(bound)
            return single.support(direction, weights)
        if kind is not None:
            return _bounded_monotone_support(direction, weights, kind[1])
        parts = (direction, 0.5 * direction, 0 * direction) if hint is None else (hint,)
        bounds = [self._split(direction, part, weights) for part in parts]
        best = jnp.argmin(jnp.stack([bound.value + bound.residual for bound in bounds]))
        return jax.tree.map(lambda *values: jnp.stack(values)[best], *bounds)

    def _split(self, direction, part, weights) -> Support:
        eps = jnp.finfo(direction.dtype).eps
        rest = direction - part
        first = self.first.support(part, weights)
        second = self.second.support(rest, weights)
        scale = jnp.ones_like(rest) if weights is None else weights
        rounded = eps * jnp.sqrt(jnp.sum(scale * rest**2))
        value = first.value + second.value
        return Support(
            value + eps * jnp.abs(value),
            inflate(first.residual + second.residual + rounded, direction.shape[0] + 8),
        )

    def distance(self, point):
        """Clip the running maximum, which is a member exactly; inf for other pairs outside."""
        kind = self._bounded_monotone()
        zero = jnp.zeros((), point.dtype)
        if kind is None:
            inside = self.first.contains(point) & self.second.contains(point)
            errors = self.first.distance(point).upper() + self.second.distance(point).upper()
            apart = inside & (errors <= underflow(4 * point.shape[0], point.dtype))
            return Rounded(jnp.where(apart, zero, jnp.inf), jnp.where(apart, errors, zero))
        monotone, bound = kind
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


def _bounded_monotone_support(direction, weights, bound) -> Support:
    """Try all steps; a partial sum passes at most n additions, and a few products more."""
    size, dtype = direction.shape[0], direction.dtype
    terms = direction if weights is None else weights * direction
    heads = jnp.concatenate([jnp.zeros((1,), dtype), jnp.cumsum(terms)])
    value = bound * jnp.max(heads[-1] - 2 * heads)
    error = 4 * gamma(size + 6, dtype) * bound * jnp.sum(jnp.abs(terms))
    error += bound * underflow(4 * size + 4, dtype) + underflow(4, dtype)
    return Support(value + inflate(error, size + 4), jnp.zeros((), dtype))
