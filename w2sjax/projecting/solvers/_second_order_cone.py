r"""The algebra of the second-order cone $\{(u_0, u_1) : u_0 \ge \|u_1\|\}$, for a stack of cones.

$u \circ v = (u^\top v,\; u_0 v_1 + v_0 u_1)$ is its product, $e = (1, 0)$ the unit and
$\det u = u_0^2 - \|u_1\|^2$. For $s, z$ inside the cone the Nesterov-Todd scaling is the symmetric
$W = \eta \begin{pmatrix} w_0 & w_1^\top \\ w_1 & I + w_1 w_1^\top / (1 + w_0) \end{pmatrix}$,
$\det w = 1$, with $Wz = W^{-1}s$. Reference: Vandenberghe, The CVXOPT linear and quadratic cone
program solvers (2010), sections 3 to 5.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float


class Scaling(NamedTuple):
    """The Nesterov-Todd scaling $W$ of a pair of interior points."""

    height: Float[Array, " q"]  # eta
    axis: Float[Array, "q r"]  # w

    def _transformed(self, vector, sign):
        first, rest = self.axis[:, 0], sign * self.axis[:, 1:]
        along = jnp.sum(rest * vector[:, 1:], axis=1)
        head = first * vector[:, 0] + along
        factor = vector[:, 0] + along / (1 + first)
        return joined(head, vector[:, 1:] + factor[:, None] * rest)

    def times(self, vector: Float[Array, "q r"]) -> Float[Array, "q r"]:
        """Return $Wu$."""
        return self.height[:, None] * self._transformed(vector, 1)

    def divide(self, vector: Float[Array, "q r"]) -> Float[Array, "q r"]:
        """Return $W^{-1}u$."""
        return self._transformed(vector, -1) / self.height[:, None]


def joined(head: Float[Array, " q"], tail: Float[Array, "q r"]) -> Float[Array, "q r+1"]:
    """Put the first coordinates in front of the others."""
    return jnp.concatenate([head[:, None], tail], axis=1)


def reflected(vector: Float[Array, "q r"]) -> Float[Array, "q r"]:
    """Return $(u_0, -u_1)$."""
    return joined(vector[:, 0], -vector[:, 1:])


def determinant(vector: Float[Array, "q r"]) -> Float[Array, " q"]:
    """Return $u_0^2 - |u_1|^2$ as a product, which cancels least near the boundary."""
    length = jnp.sqrt(jnp.sum(vector[:, 1:] ** 2, axis=1))
    return (vector[:, 0] - length) * (vector[:, 0] + length)


def scaling(slack: Float[Array, "q r"], multiplier: Float[Array, "q r"]) -> Scaling:
    """Return the Nesterov-Todd scaling with $Wz = W^{-1}s$ for slacks $s$ and multipliers $z$."""
    of_slack, of_multiplier = determinant(slack), determinant(multiplier)
    unit_slack = slack / jnp.sqrt(of_slack)[:, None]
    unit_multiplier = multiplier / jnp.sqrt(of_multiplier)[:, None]
    half = jnp.sqrt((1 + jnp.sum(unit_slack * unit_multiplier, axis=1)) / 2)
    tail = (unit_slack[:, 1:] - unit_multiplier[:, 1:]) / (2 * half)[:, None]
    head = jnp.sqrt(1 + jnp.sum(tail**2, axis=1))
    return Scaling((of_slack / of_multiplier) ** 0.25, joined(head, tail))


def product(left: Float[Array, "q r"], right: Float[Array, "q r"]) -> Float[Array, "q r"]:
    r"""Return $u \circ v$."""
    tail = left[:, :1] * right[:, 1:] + right[:, :1] * left[:, 1:]
    return joined(jnp.sum(left * right, axis=1), tail)


def quotient(left: Float[Array, "q r"], right: Float[Array, "q r"]) -> Float[Array, "q r"]:
    r"""Return the $x$ with $u \circ x = v$ for $u$ inside the cone."""
    cross = jnp.sum(left[:, 1:] * right[:, 1:], axis=1)
    head = (left[:, 0] * right[:, 0] - cross) / determinant(left)
    return joined(head, (right[:, 1:] - head[:, None] * left[:, 1:]) / left[:, :1])


def inverse(vector: Float[Array, "q r"]) -> Float[Array, "q r"]:
    r"""Return $u^{-1}$, with $u \circ u^{-1} = e$."""
    return reflected(vector) / determinant(vector)[:, None]


def reach(vector: Float[Array, "q r"], step: Float[Array, "q r"]) -> Float[Array, " q"]:
    r"""Return the largest $t$ with $u + t v$ in the cone, for $u$ inside."""
    cross = vector[:, 0] * step[:, 0] - jnp.sum(vector[:, 1:] * step[:, 1:], axis=1)
    constant = determinant(vector)
    discriminant = cross**2 - determinant(step) * constant
    falling = jnp.sqrt(jnp.maximum(discriminant, 0)) - cross
    crosses = (discriminant >= 0) & (falling > 0)
    return jnp.where(crosses, constant / jnp.where(crosses, falling, 1), jnp.inf)
