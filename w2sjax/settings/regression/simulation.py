r"""Variances that students inherit, for given points.

The teacher's error is $G^{-1} \Phi_w^\top \epsilon$ with $G = \Phi_w^\top \Phi_w$. By its labels of the
points $\Phi_w'$ the student's error is $B G^{-1} \Phi_w^\top \epsilon$ with $B = (\Phi_s^\top
\Phi_s)^{-1} \Phi_s^\top \Phi_w'$. At a fresh point with white features its variance is $\sigma^2
\mathrm{tr}(B G^{-1} B^\top)$.
"""

import functools

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST

_product = functools.partial(jnp.matmul, precision=HIGHEST)


def inverse(matrix: Float[Array, "*batch d d"]) -> Float[Array, "*batch d d"]:
    """Invert small positive definite matrices by elimination, in plain arithmetic."""
    size = matrix.shape[-1]
    eye = jnp.broadcast_to(jnp.eye(size, dtype=matrix.dtype), matrix.shape)
    both = jnp.concatenate([matrix, eye], axis=-1)
    for i in range(size):
        row = both[..., i : i + 1, :] / both[..., i : i + 1, i : i + 1]
        lowered = both - both[..., :, i : i + 1] * row
        both = lowered.at[..., i, :].set(row[..., 0, :])
    return both[..., size:]


def inherited(
    teachers: Float[Array, "*batch n w"],
    students: Float[Array, "*batch m s"],
    labelled: Float[Array, "*batch m w"],
) -> Float[Array, "*batch"]:
    r"""Give $\mathrm{tr}(B G^{-1} B^\top)$.

    Args:
        teachers: weak features of the teacher's points, $\Phi_w$.
        students: strong features of the student's points, $\Phi_s$.
        labelled: weak features of the same points, $\Phi_w'$.
    """
    noise = inverse(_product(teachers.mT, teachers))
    passed = _product(inverse(_product(students.mT, students)), _product(students.mT, labelled))
    return jnp.sum(_product(passed, noise) * passed, axis=(-2, -1))


def features(
    cosines: Float[Array, " k"], strong: Float[Array, "*rows s"], rest: Float[Array, "*rows w"]
) -> Float[Array, "*rows w"]:
    r"""Make weak features of strong ones and of independent normal numbers; C is diagonal with `cosines`.

    By rotations of both, which change no prediction, every C becomes diagonal.
    """
    width, count = min(strong.shape[-1], rest.shape[-1]), rest.shape[-1]
    padded = jnp.zeros(count, rest.dtype).at[:width].set(cosines[:width])
    common = jnp.zeros_like(rest).at[..., :width].set(strong[..., :width])
    along, across = (jnp.broadcast_to(x, rest.shape) for x in (padded, jnp.sqrt(1 - padded**2)))
    return along * common + across * rest
