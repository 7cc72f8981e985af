r"""The largest value of a quadratic over a Euclidean ball, bracketed with proof.

$$\max_{\|\theta\| \le r} q(\theta), \qquad q(\theta) = \theta^\top A\theta + 2b^\top\theta + c,$$

with $A$ symmetric and possibly indefinite. In the eigenbasis of $A$ the maximiser is
$y_i(\mu) = \beta_i / (\mu - \lambda_i)$ with the multiplier $\mu \ge \max(0, \lambda_1)$ for which
$\|y(\mu)\| = r$, or $\mu = 0$ where that is inside. The unknown is $t = \mu - \lambda_1$, so that
nothing cancels; Newton's method on $1/\|y\| - 1/r$ converges monotonically (More and Sorensen, 1983).
In the hard case, $\|y\| < r$ at $t = 0$, a multiple of the first eigenvector makes up the length.

Certificate (derived, weak duality). For any $\theta_0$ in the ball and any $\mu \ge 0$, with $\rho = b
+ A\theta_0 - \mu\theta_0$ and $s = \max(0, \lambda_1 - \mu)$,
$$q(\theta) \le q(\theta_0) + \mu(r^2 - \|\theta_0\|^2) + 4r\|\rho\| + 4r^2 s
\quad \text{for every } \|\theta\| \le r,$$
because $q(\theta) \le q(\theta) + \mu(r^2 - \|\theta\|^2)$, whose expansion around $\theta_0$ has the
linear term $2\rho^\top\varphi$ and the quadratic one $\varphi^\top(A - \mu)\varphi$, $\|\varphi\| \le 2r$.
The decomposition is not trusted: what it leaves of $A$ is measured and added to $\lambda_1$.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import HIGHEST, gamma, inflate
from w2sjax.projecting.solvers._norm import scaled_norm
from w2sjax.projecting.solvers.ball import secular

MAX_STEPS = 100


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Maximum:
    r"""The maximum of a quadratic over a ball.

    Attributes:
        point: $\theta_0$, inside the ball.
        lower, upper: proved bounds on the maximum; the first is $q(\theta_0)$ less its rounding.
        multiplier: $\mu$, the dual point.
        steps: Newton steps spent.
    """

    point: Float[Array, "*batch d"]
    lower: Float[Array, "*batch"]
    upper: Float[Array, "*batch"]
    multiplier: Float[Array, "*batch"]
    steps: Int[Array, "*batch"]


def maximise(
    matrix: Float[Array, "d d"],
    linear: Float[Array, " d"],
    constant: Float[Array, ""],
    radius: Float[Array, ""],
    *,
    max_steps: int = MAX_STEPS,
) -> Maximum:
    r"""Maximise $\theta^\top A\theta + 2b^\top\theta + c$ over $\|\theta\| \le r$, $r > 0$.

    Args:
        matrix: $A$; only its symmetric part counts.
        linear: $b$.
        constant: $c$.
        radius: $r$.
        max_steps: Newton steps that may be spent; the bounds hold however few.

    Raises:
        ValueError: for shapes that do not fit.
    """
    size = linear.shape[0]
    if matrix.shape != (size, size):
        raise ValueError(f"matrix: expected shape {(size, size)}, got {matrix.shape}")
    symmetric = (matrix + matrix.T) / 2
    values, vectors = jnp.linalg.eigh(symmetric)
    values, vectors = values[::-1], vectors[:, ::-1]
    along = jnp.matmul(vectors.T, linear, precision=HIGHEST)
    inner, shift, steps = _secular(values, along, radius, max_steps)
    point = jnp.matmul(vectors, inner, precision=HIGHEST)
    # A few roundings inside the sphere, so that the point really is in the ball.
    length = jnp.sqrt(jnp.sum(point**2))
    most = radius * (1 - gamma(size + 16, point.dtype))
    point = jnp.where(length > most, point * (most / jnp.where(length > 0, length, 1)), point)
    multiplier = jnp.maximum(values[0] + shift, 0)
    top = _largest_eigenvalue(symmetric, values, vectors)
    lower, upper = _bracket(symmetric, linear, constant, radius, point, multiplier, top)
    return Maximum(point, lower, upper, multiplier, steps)


def _secular(values, along, radius, max_steps):
    """Solve for the maximiser in the eigenbasis and its $t$."""
    gaps = values[0] - values
    floor = jnp.maximum(-values[0], 0)
    # No component may be longer than the radius.
    least = jnp.maximum(floor, jnp.max(jnp.abs(along) / radius - gaps))

    def below(shift):
        return jnp.where(shift + gaps > 0, shift + gaps, jnp.inf)

    found, shift, steps = secular(along, below, least, radius, max_steps)
    short = jnp.sqrt(jnp.maximum((radius - scaled_norm(found)) * (radius + scaled_norm(found)), 0))
    first = jnp.where(shift > 0, found[0], short)
    return found.at[0].set(first), shift, steps


def _largest_eigenvalue(symmetric, values, vectors) -> Float[Array, ""]:
    """Bound the largest eigenvalue by the computed one and the measured errors."""
    size, dtype = values.shape[0], values.dtype
    left = symmetric - jnp.matmul(vectors * values[None, :], vectors.T, precision=HIGHEST)
    skew = jnp.matmul(vectors.T, vectors, precision=HIGHEST) - jnp.eye(size, dtype=dtype)
    skew = rounding.norm(skew.ravel()) + gamma(size + 2, dtype) * 1.1 * size
    largest = jnp.max(jnp.abs(values))
    error = rounding.norm(left.ravel()) + gamma(size + 4, dtype) * 2.2 * size * largest
    return values[0] + inflate(error + (skew + rounding.unit(dtype)) * largest, size + 8)


def _bracket(symmetric, linear, constant, radius, point, multiplier, top):
    size, dtype = point.shape[0], point.dtype
    image = jnp.matmul(symmetric, point, precision=HIGHEST)
    value = jnp.sum(point * image) + 2 * jnp.sum(linear * point) + constant
    size_of_image = jnp.matmul(jnp.abs(symmetric), jnp.abs(point), precision=HIGHEST)
    terms = jnp.sum(jnp.abs(point) * size_of_image) + jnp.abs(constant)
    terms += 2 * jnp.sum(jnp.abs(linear * point))
    error = inflate(gamma(2 * size + 6, dtype) * terms, 2 * size + 6)
    residual = linear + image - multiplier * point
    around = jnp.abs(linear) + size_of_image + multiplier * jnp.abs(point)
    rho = rounding.norm(residual) + gamma(size + 4, dtype) * rounding.norm(around)
    length = jnp.sqrt(jnp.sum(point**2)) * (1 - gamma(size + 6, dtype))
    gap = multiplier * (radius - length) * (radius + length) + 4 * radius * rho
    gap += 4 * radius**2 * jnp.maximum(top - multiplier, 0)
    return value - error, value + inflate(gap + 2 * error, 16)
