r"""The monotone cone $v_1 \le v_2 \le \dots \le v_n$ of function values: isotonic regression.

The points must be sorted by the feature in which the functions are nondecreasing.
"""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate, underflow, unit
from w2sjax.isotonic import isotonic
from w2sjax.sets._registered import registered
from w2sjax.sets.convex_set import Support, ValueSet


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
        length = rounding.length(jax.lax.cummax(point) - point)
        return length.perturbed(2 * unit(point.dtype) * length.value)

    def draw(self, key, dimension, dtype):
        """Draw a staircase: sorted normals, a third of the steps removed."""
        raw = jax.random.normal(key, (2, dimension), dtype)
        values, flat = jnp.sort(raw[0]), raw[1] > 0.5
        return jax.lax.cummax(jnp.where(flat, values[0], values))
