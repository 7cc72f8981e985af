r"""How far a softmax-linear head is from the minimum, proved from one gradient and one Hessian.

Let F be the cross-entropy with its penalty, g and H its gradient and Hessian at $\theta$, and $\theta +
\Delta$ the minimum. Third derivatives are at most $R = \max_i (\max_k - \min_k)(\Delta^\top h_i)_k$ times
second ones, so that the Hessian at the share t of the way is at least $e^{-tR} H$. Hence $-g^\top \Delta \ge
\|\Delta\|_H^2 (1 - e^{-R})/R$. With $\lambda = \|g\|_{H^{-1}}$ and $\rho$ such that $R \le \rho\|\Delta\|_H$
this gives $1 - e^{-R} \le \rho\lambda$, and where $\rho\lambda < 1$ there is a minimum and

$$F(\theta) - \min F \le -g^\top\Delta \le \lambda \|\Delta\|_H \le -\lambda\log(1 - \rho\lambda)/\rho.$$

Without a penalty the left side is $E\,\mathrm{KL}(\text{exact head}\,\|\,\text{this head})$, a Bregman
divergence of scores. $R \le \sqrt2 \max_i \|x_i^\top \Delta\|$ over contrasts, and $\|x_i^\top\Delta\|^2 \le
x_i^\top T x_i \|\Delta\|_H^2$, T the sum of the diagonal blocks of $H^{-1}$ over contrasts.

Derived, after Bach (2010), arXiv:0910.4627; see `w2sjax.mixture.logistic_certificate` for two classes.

Where there are too many coefficients for a Hessian, a smaller matrix takes its place: `_least`.

*Rounding.* With a computed inverse root P of H, $\epsilon \ge \|P^\top H P - I\|$ is measured, and
$H^{-1} \preceq PP^\top/(1 - \epsilon)$. Errors of scores and probabilities are bounded point by point and
carried to $\lambda$ by $\|x_i \otimes e\|_{H^{-1}} \le (x_i^\top T x_i)^{1/2} \|e\|$. The class is that of
the kept directions of the features, as they were computed.
"""

import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import gamma, inflate, unit
from w2sjax.bregman.head_points import LARGE, Points, product
from w2sjax.mixture.logistic_certificate import SIGMOID_ULPS


def gap(points: Points, point: Float[Array, "r k"], penalty: Float[Array, ""]) -> Float[Array, ""]:
    """Bound the objective at a point less its minimum; inf where nothing is proved."""
    (n, rows), (classes, columns) = points.features.shape, points.contrasts.shape
    dtype, size = point.dtype, rows * columns
    chances = jax.nn.softmax(points.scores(point), axis=1)
    slope = points.gradient(point, chances, penalty).ravel()
    curvature = _whole if size <= LARGE else _least
    root, blocks, off = curvature(points, chances, penalty)
    whole = jnp.sqrt(jnp.sum(root**2)) * (columns if root.ndim == 1 else 1) ** 0.5

    lengths = jnp.sqrt(jnp.sum(points.features**2, axis=1))
    reach = jnp.sum(product(points.features, blocks) * points.features, axis=1)
    reach = jnp.sqrt(
        jnp.maximum(reach, 0) + gamma(size + 2 * rows + 8, dtype) * (lengths * whole) ** 2
    )
    reach += points.wrong * whole

    coefficients = jnp.sqrt(jnp.sum(point**2))
    blur = gamma(rows + classes + 8, dtype) * lengths + 2 * points.wrong
    drift = blur * coefficients  # of the scores
    residual = jnp.sqrt(jnp.sum((chances - points.labels) ** 2, axis=1))
    error = 2 * drift + SIGMOID_ULPS * unit(dtype) + gamma(n + classes + 8, dtype) * residual
    wrong = jnp.sum(points.weights * (error * reach + residual * points.wrong * whole))
    held = jnp.sqrt(jnp.sum((points.ridge(penalty)[:, None] * point) ** 2))
    ridge = held * gamma(rows + classes + 8, dtype) * whole
    wrong += ridge + gamma(size + 4, dtype) * jnp.sqrt(jnp.sum(slope**2)) * whole

    counted = jnp.where(points.weights > 0, drift, 0)
    off += 4 * jnp.max(counted) + 4 * SIGMOID_ULPS * unit(dtype)
    valid = off < 0.5
    spare = jnp.sqrt(jnp.where(valid, 1 - off, 1))
    if root.ndim == 1:
        fallen = root[:, None] * slope.reshape(rows, columns)
    else:
        fallen = product(root.T, slope)
    decrement = (jnp.sqrt(jnp.sum(fallen**2)) + wrong) / spare
    farthest = 2**0.5 * jnp.max(jnp.where(points.weights > 0, reach, 0)) / spare
    share = farthest * decrement
    inside = valid & (share < 0.5)
    step = -jnp.log1p(-jnp.where(inside, share, 0)) / farthest
    # Every quantity is positive and has been rounded fewer than 16 (n + size) times.
    bound = inflate(decrement * step, 16 * (n + size) + 128)
    return jnp.where(inside & jnp.isfinite(bound), bound, jnp.inf)


def _least(points: Points, chances, penalty) -> tuple[Array, Array, Array]:
    r"""A diagonal matrix that is no smaller than the inverse, without the Hessian.

    With q the least probability anywhere $\mathrm{Cov} \succeq q I$ on contrasts, so that the Hessian is at
    least $(q Z^\top W Z + \lambda) \otimes I$, and $Z^\top W Z$ is diagonal but for rounding. Where some
    probability is tiny, this proves nothing of a free intercept.
    """
    n, dtype = len(points.weights), chances.dtype
    counted = jnp.where(points.weights > 0, jnp.min(chances, axis=1), 1)
    least = jnp.min(counted) * (1 - 4 * SIGMOID_ULPS * unit(dtype))
    gram = product(points.features.T, points.features * points.weights[:, None])
    squares = jnp.where(points.kept > 0, jnp.diag(gram), 1)
    scale = jax.lax.rsqrt(jnp.maximum(squares, jnp.finfo(dtype).tiny))
    beside = gram - jnp.diag(jnp.diag(gram))
    off = jnp.sqrt(jnp.sum((scale[:, None] * beside * scale[None, :]) ** 2))
    lengths = jnp.sqrt(jnp.sum(points.features**2, axis=1))
    moved = gamma(n + 8, dtype) * lengths**2 + points.wrong * (2 * lengths + points.wrong)
    off += jnp.sum(points.weights * moved) * jnp.max(scale) ** 2
    curvature = least * squares + points.ridge(penalty)
    return jax.lax.rsqrt(curvature), jnp.diag(1 / curvature), off


def _whole(points: Points, chances, penalty) -> tuple[Array, Array, Array]:
    """A root of the inverse, its diagonal blocks summed over contrasts, and how far off it is."""
    hessian = points.hessian(chances, penalty)
    (n, rows), columns = points.features.shape, points.contrasts.shape[1]
    dtype, size = hessian.dtype, len(hessian)
    scale = jax.lax.rsqrt(jnp.maximum(jnp.diag(hessian), jnp.finfo(dtype).tiny))
    scaled = hessian * scale[:, None] * scale[None, :]
    eye = jnp.eye(size, dtype=dtype)
    inverse = solve_triangular(jnp.linalg.cholesky(scaled), eye, lower=True).T
    off = jnp.sqrt(jnp.sum((product(inverse.T, product(scaled, inverse)) - eye) ** 2))
    # An entry of the Hessian is off by a share of the geometric mean of two columns' mean squares.
    squares = jnp.repeat(product(points.weights, points.features**2), columns)
    entries = size + 2 * jnp.sum(scale**2 * squares)
    off += gamma(2 * size + n + rows + columns + 16, dtype) * jnp.sum(inverse**2) * entries
    root = scale[:, None] * inverse
    lengths = jnp.sqrt(jnp.sum(points.features**2, axis=1))
    moved = jnp.sum(points.weights * points.wrong * (2 * lengths + points.wrong))
    off += moved * jnp.sum(root**2)
    parts = root.reshape(rows, columns * size)
    return root, product(parts, parts.T), off
