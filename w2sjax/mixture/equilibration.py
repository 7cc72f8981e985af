r"""Columns of one size and around zero, for a logistic regression with a free intercept.

With $z_{ij} = s_j (x_{ij} - c_j)$ the scores $x^\top w + b$ are $z^\top v + \beta$, where $w_j = s_j v_j$ and
$b = \beta - c^\top w$, and the penalty $\frac12 \|w\|^2$ is $\frac12 \sum_j s_j^2 v_j^2$. The centre c is the
weighted mean, up to rounding, which does not matter; $s_j \le 1$ is the power of two that brings a column
into [-1, 1], so that scaling rounds nothing. A difference $x_{ij} - c_j$ is rounded once.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Equilibrated:
    r"""Features as z, and the way back.

    Attributes:
        features: z.
        scales: s.
        centre: c.
        lengths: $\|z_i\|$.
        distances: $\|x_i - c\|$.
    """

    features: Float[Array, "n d"]
    scales: Float[Array, " d"]
    centre: Float[Array, " d"]
    lengths: Float[Array, " n"]
    distances: Float[Array, " n"]

    @property
    def ridge(self) -> Float[Array, " d"]:
        """Weights of the penalty."""
        return self.scales**2

    def given(
        self, coefficients: Float[Array, " d"], intercept: Float[Array, ""]
    ) -> tuple[Float[Array, " d"], Float[Array, ""]]:
        r"""Give $(w, b)$ of $(v, \beta)$."""
        moved = self.scales * coefficients
        return moved, intercept - jnp.sum(self.centre * moved)

    def own(
        self, coefficients: Float[Array, " d"], intercept: Float[Array, ""]
    ) -> tuple[Float[Array, " d"], Float[Array, ""]]:
        r"""Give $(v, \beta)$ of $(w, b)$."""
        return coefficients / self.scales, intercept + jnp.sum(self.centre * coefficients)


def equilibrated(features: Float[Array, "n d"], weights: Float[Array, " n"]) -> Equilibrated:
    """Centre and scale columns; points of mass 0 do not count."""
    total = jnp.sum(weights)
    centre = jnp.matmul(weights, features, precision=HIGHEST) / jnp.where(total > 0, total, 1)
    moved = features - centre[None, :]
    largest = jnp.max(jnp.where(weights[:, None] > 0, jnp.abs(moved), 0), axis=0)
    _, exponent = jnp.frexp(largest)
    scales = jnp.ldexp(jnp.ones_like(centre), -jnp.maximum(exponent, 0))
    own = moved * scales[None, :]
    lengths, distances = (jnp.sqrt(jnp.sum(rows**2, axis=1)) for rows in (own, moved))
    return Equilibrated(own, scales, centre, lengths, distances)
