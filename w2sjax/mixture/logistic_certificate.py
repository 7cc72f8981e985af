r"""How far a logistic regression is from its optimum, proved from one gradient.

$$F(w, b) = \tfrac12 \|w\|^2 + C \sum_i m_i \bigl(\log(1 + e^{z_i}) - t_i z_i\bigr),
\qquad z_i = x_i^\top w + b$$

is 1-strongly convex in $w$, but not in $(w, b)$: far away the loss is flat in $b$. Let $s_i =
\sigma'(z_i)$ at the given $\theta = (w, b)$, $S = C \sum_i m_i s_i$ and $\bar x = C \sum_i m_i s_i x_i / S$.

*Curvature here.* By Jensen the Hessian $H$ at $\theta$ is at least $M$, where $\|(u, v)\|_M^2 = \|u\|^2 +
S(\bar x^\top u + v)^2$. Its dual norm is $\|(g_w, g_b)\|_{M^{-1}}^2 = \|g_w - g_b \bar x\|^2 + g_b^2 / S$,
its determinant $S$ and its trace $T = \dim(w) - 1 + \tau$, $\tau = 1 + S + S\|\bar x\|^2$; its least
eigenvalue is $\mu = 2S / (\tau + \sqrt{\tau^2 - 4S})$.

*Curvature nearby.* $|\sigma''| \le \sigma'$, so $\sigma'(z + \delta) \ge e^{-|\delta|}\sigma'(z)$. On the
segment from $\theta$ to the optimum $\theta + \Delta$, with $R = \max_i |x_i^\top \Delta_w + \Delta_b|$, the
Hessian at the share $t$ of the way is at least $e^{-t R} H$ (the ridge is constant). Hence $-g^\top
\Delta = \int_0^1 \Delta^\top H(t) \Delta\, dt \ge \|\Delta\|_M^2 (1 - e^{-R})/R$ with the gradient $g$.

*The bound.* Let $\lambda = \|g\|_{M^{-1}}$ and $\rho = \max_i \|(x_i, 1)\|_{M^{-1}}$. Then $R \le \rho
\|\Delta\|_M$ and $\|\Delta\|_M (1 - e^{-R})/R \le \lambda$ give $1 - e^{-R} \le \rho\lambda$. Where
$\rho\lambda < 1$, as $R/(1 - e^{-R})$ increases,

$$\|\Delta\|_M \le -\log(1 - \rho\lambda)/\rho, \qquad \|\Delta\| \le \|\Delta\|_M / \sqrt\mu.$$

Derived; the inequality for $\sigma'$ is that of Bach (2010), Self-concordant analysis for logistic
regression, arXiv:0910.4627.

*The whole curvature.* $M$ knows the penalty and one direction, so that columns of large numbers make
$\rho\lambda$ large. With any matrix $P$ and $\|P^\top H P - I\| \le \epsilon < 1$, $H^{-1} \preceq P P^\top
/ (1 - \epsilon)$. Hence the same with $H$ for $M$: $\lambda = \|P^\top g\| / \sqrt{1 - \epsilon}$, $\rho =
\max_i \|P^\top (x_i, 1)\| / \sqrt{1 - \epsilon}$, and $\|\Delta\| \le \|P\| \|P^{-1} \Delta\| \le \|P\|
\|\Delta\|_H / \sqrt{1 - \epsilon}$. Whatever computed $P$ (a Cholesky factor), $\epsilon$ is measured. That
costs as much as forty gradients and is done where rounding leaves the first bound above the tolerance.

*Rounding.* All is computed for centred and scaled columns (`equilibration`), the bounds carried back. The
error of the computed gradient is a combination of the $(x_i, 1)$ with known bounds on its coefficients and
is added to $\lambda$; the computed $S, \bar x$ belong to computed $s_i$, which are right up to a factor, and
an error $e$ of $\bar x$ costs the factor $1 - \sqrt S\|e\|$ of $M$. Both divide $\lambda$.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST, gamma, inflate, unit
from w2sjax.mixture.equilibration import Equilibrated

SIGMOID_ULPS = 64  # of exp and division; 1.5 and 1 on a CPU, unknown elsewhere


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Optimality:
    r"""What a gradient proves.

    Attributes:
        gradient: its Euclidean norm.
        radius: at least the Euclidean distance of $(w, b)$ to the optimum; inf where nothing follows.
        floor: what `radius` would be with a computed gradient of 0.
    """

    gradient: Float[Array, "*batch"]
    radius: Float[Array, "*batch"]
    floor: Float[Array, "*batch"]


def optimality(
    points: Equilibrated,
    targets: Float[Array, " n"],
    weights: Float[Array, " n"],
    strength: Float[Array, ""],
    coefficients: Float[Array, " d"],
    intercept: Float[Array, ""],
    tolerance: Float[Array, ""] | float,
) -> Optimality:
    r"""Bound the distance of given $(v, \beta)$ to the optimum, as one of $(w, b)$.

    The whole curvature is looked at where the first bound cannot reach the tolerance.
    """
    local = _gradient(points, targets, weights, strength, coefficients, intercept)

    first = _by_penalty(points, weights, coefficients, intercept, local)

    # A condition would compute both bounds for all of a batch; a loop ends where nobody needs it. What it
    # left unchanged would be computed before it, so that it uses the curvatures up.
    def unproved(state):
        _, _, tried = state
        return ~tried & (2 * first.floor > tolerance)

    def prove(state):
        curvatures = state[1]
        own = dataclasses.replace(local, curvatures=curvatures)
        whole = _by_curvature(points, weights, coefficients, intercept, own)
        return whole, jnp.zeros_like(curvatures), jnp.ones((), bool)

    unknown = Optimality(first.gradient, *jnp.full(2, jnp.inf, first.radius.dtype))
    state = (unknown, local.curvatures, jnp.zeros((), bool))
    whole = jax.lax.while_loop(unproved, prove, state)[0]
    radius, floor = jnp.minimum(first.radius, whole.radius), jnp.minimum(first.floor, whole.floor)
    return Optimality(first.gradient, radius, floor)


@dataclasses.dataclass(frozen=True)
class _Gradient:
    """The gradient and the curvatures of the scores, with what rounding does to them.

    Attributes:
        slopes: by the coefficients.
        slope: by the intercept.
        curvatures: second derivatives by the scores.
        wrong: of each point, how much of it the gradient may have too much.
        factor: by how much the curvatures may be off, relatively.
        moved: by how much the intercept may be off, for having been moved back.
    """

    slopes: Array
    slope: Array
    curvatures: Array
    wrong: Array
    factor: Array
    moved: Array


def _gradient(points, targets, weights, strength, coefficients, intercept) -> _Gradient:
    (n, d), dtype = points.features.shape, coefficients.dtype
    scores = jnp.matmul(points.features, coefficients, precision=HIGHEST) + intercept
    chance, other = jax.nn.sigmoid(scores), jax.nn.sigmoid(-scores)
    scaled = strength * weights
    pulls = scaled * (chance * (1 - targets) - other * targets)
    pull = jnp.matmul(pulls, points.features, precision=HIGHEST)
    # Errors of the scores, and through them of the probabilities.
    drift = points.lengths * _length(coefficients) + jnp.abs(intercept)
    drift *= gamma(d + 3, dtype)
    ulps = SIGMOID_ULPS * unit(dtype)
    given, back = points.given(coefficients, intercept)
    moved = jnp.sum(jnp.abs(points.centre * given)) + jnp.abs(intercept) + jnp.abs(back)
    return _Gradient(
        slopes=points.ridge * coefficients + pull,
        slope=jnp.sum(pulls),
        curvatures=scaled * chance * other,
        wrong=scaled * (drift / 4 + ulps + gamma(n + 9, dtype)),
        factor=jnp.max(jnp.where(weights > 0, drift, 0)) + 4 * ulps,
        moved=gamma(d + 4, dtype) * moved,
    )


def _by_penalty(points, weights, coefficients, intercept, local) -> Optimality:
    """The bound by M, of the columns before they were scaled."""
    (n, d), dtype = points.features.shape, coefficients.dtype
    total = jnp.sum(local.curvatures)
    safe = jnp.where(total > 0, total, 1)
    mean = jnp.matmul(local.curvatures, points.features, precision=HIGHEST) / safe
    mean, slopes = mean / points.scales, local.slopes / points.scales
    spread = jnp.sqrt((points.distances + _length(mean)) ** 2 + 1 / safe)
    reach = jnp.max(jnp.where(weights > 0, spread, 0))
    error = jnp.sum(jnp.where(weights > 0, local.wrong * spread, 0))
    error += gamma(4, dtype) * _length(points.scales * coefficients)
    farthest = jnp.max(jnp.where(weights > 0, points.distances, 0))
    lost = jnp.sqrt(safe) * gamma(4 * n + 16, dtype) * farthest
    lost += local.factor + gamma(n + 8, dtype)
    decrement = jnp.sqrt(jnp.sum((slopes - local.slope * mean) ** 2) + local.slope**2 / safe)
    trace = 1 + safe * (1 + jnp.sum((points.centre + mean) ** 2))
    root = jnp.sqrt(jnp.maximum(trace**2 - 4 * safe, 0))
    least = 2 * safe / (trace + root)
    valid = (lost < 0.5) & (total > 0)
    keep = jnp.where(valid, 1 - lost, 1)

    def distance(slope):
        return _distance(slope / keep, reach, 1 / jnp.sqrt(least), valid, local.moved, n + d)

    given = jnp.sum((slopes + points.centre * local.slope) ** 2)
    return Optimality(
        gradient=jnp.sqrt(given + local.slope**2),
        radius=distance(decrement + error),
        floor=distance(error),
    )


def _by_curvature(points, weights, coefficients, intercept, local) -> Optimality:
    """The bound by the whole Hessian, and a matrix that is nearly a root of its inverse."""
    (n, d), dtype = points.features.shape, coefficients.dtype
    product = functools.partial(jnp.matmul, precision=HIGHEST)
    ridge = jnp.append(points.ridge, 0)
    mean = product(local.curvatures, points.features)
    corner = jnp.sum(local.curvatures)
    block = product((points.features * local.curvatures[:, None]).T, points.features)
    hessian = jnp.block([[block, mean[:, None]], [mean[None, :], corner[None, None]]])
    hessian += jnp.diag(ridge)
    lower = jax.lax.linalg.cholesky(hessian, symmetrize_input=False)
    eye = jnp.eye(d + 1, dtype=dtype)
    root = jax.lax.linalg.triangular_solve(lower, eye, left_side=True, lower=True).T
    found = product(points.features, root[:-1]) + root[-1:]
    # Scaled features are at most 1, so that this bounds the terms of every row.
    largest = _length(jnp.sum(jnp.abs(root), axis=0))
    # The Frobenius norm of what the product with the Hessian differs from the identity.
    heavy = jnp.sqrt(local.curvatures)[:, None]
    given, penalty = heavy * found, jnp.sqrt(ridge)[:, None] * root
    off = _length(product(given.T, given) + product(penalty.T, penalty) - eye)
    blur = gamma(d + 4, dtype) * _length(heavy) * largest
    off += (2 * _length(given) + blur) * blur
    off += (2 * local.factor + gamma(n + 8, dtype)) * (_length(given) + blur) ** 2
    off += gamma(d + 8, dtype) * _length(penalty) ** 2
    valid = (off < 0.5) & (local.factor < 0.5)
    spare = jnp.sqrt(jnp.where(valid, 1 - off, 1))
    reach = jnp.max(jnp.where(weights > 0, jnp.sqrt(jnp.sum(found**2, axis=1)), 0))
    reach = (reach + gamma(d + 4, dtype) * largest) / spare
    slope = jnp.append(local.slopes, local.slope)
    held = jnp.append(points.ridge * jnp.abs(coefficients), 0)
    error = jnp.sum(local.wrong) * largest
    error += gamma(d + 8, dtype) * _length(product(jnp.abs(slope) + held, jnp.abs(root)))
    back = points.centre * points.scales
    sideways = jnp.abs(root[-1]) + product(jnp.abs(back), jnp.abs(root[:-1]))
    stretch = _length(root[-1] - product(back, root[:-1])) + gamma(d + 4, dtype) * _length(sideways)
    stretch = jnp.hypot(stretch, _length(points.scales[:, None] * root[:-1])) / spare

    def distance(slope):
        return _distance(slope / spare, reach, stretch, valid, local.moved, n + d)

    return Optimality(
        gradient=jnp.zeros((), dtype),
        radius=distance(_length(product(slope, root)) + error),
        floor=distance(error),
    )


def _distance(decrement, reach, stretch, valid, moved, size):
    """The bound, from the gradient's length, that of the farthest point, and the way back."""
    share = reach * decrement
    inside = (share < 0.5) & valid
    step = -jnp.log1p(-jnp.where(inside, share, 0)) / reach
    # Every quantity is positive and has been rounded fewer than 16 (n + d) times.
    bound = inflate(step * stretch + moved, 16 * size + 128)
    return jnp.where(inside & jnp.isfinite(bound), bound, jnp.inf)


def _length(array):
    """Euclidean or Frobenius norm."""
    return jnp.sqrt(jnp.sum(array**2))
