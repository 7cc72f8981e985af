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

*Rounding.* The error of the computed gradient is a combination of the $(x_i, 1)$ with known bounds on its
coefficients and is added to $\lambda$; the computed $S, \bar x$ belong to computed $s_i$, which are right up
to a factor, and an error $e$ of $\bar x$ costs the factor $1 - \sqrt S\|e\|$ of $M$. Both divide $\lambda$.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.rounding import HIGHEST, gamma, inflate, unit

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
    features: Float[Array, "n d"],
    targets: Float[Array, " n"],
    weights: Float[Array, " n"],
    strength: Float[Array, ""],
    coefficients: Float[Array, " d"],
    intercept: Float[Array, ""],
    lengths: Float[Array, " n"],
) -> Optimality:
    r"""Bound the distance of given coefficients to the optimum; `lengths` are the $\|x_i\|$."""
    n, d = features.shape
    scores = jnp.matmul(features, coefficients, precision=HIGHEST) + intercept
    chance, other = jax.nn.sigmoid(scores), jax.nn.sigmoid(-scores)
    scaled = strength * weights
    pulls = scaled * (chance * (1 - targets) - other * targets)
    curvatures = scaled * chance * other
    both = jnp.matmul(jnp.stack([pulls, curvatures]), features, precision=HIGHEST)
    slope_w, slope_b = coefficients + both[0], jnp.sum(pulls)
    total = jnp.sum(curvatures)
    safe = jnp.where(total > 0, total, 1)
    centre = both[1] / safe
    spread = jnp.sqrt((lengths + jnp.sqrt(jnp.sum(centre**2))) ** 2 + 1 / safe)
    reach = jnp.max(jnp.where(weights > 0, spread, 0))
    # Errors of the scores, and through them of the probabilities.
    size = jnp.sqrt(jnp.sum(coefficients**2))
    drift = gamma(d + 2, size.dtype) * (lengths * size + jnp.abs(intercept))
    ulps = SIGMOID_ULPS * unit(size.dtype)
    wrong = scaled * (drift / 4 + ulps + gamma(n + 8, size.dtype))
    error = jnp.sum(wrong * spread) + gamma(4, size.dtype) * size
    farthest = jnp.max(jnp.where(weights > 0, lengths, 0))
    lost = jnp.sqrt(safe) * gamma(4 * n + 16, size.dtype) * farthest
    lost += jnp.max(jnp.where(weights > 0, drift, 0)) + 4 * ulps + gamma(n + 8, size.dtype)
    decrement = jnp.sqrt(jnp.sum((slope_w - slope_b * centre) ** 2) + slope_b**2 / safe)
    trace = 1 + safe * (1 + jnp.sum(centre**2))
    root = jnp.sqrt(jnp.maximum(trace**2 - 4 * safe, 0))
    least = 2 * safe / (trace + root)

    def distance(slope):
        share = reach * slope / jnp.where(lost < 0.5, 1 - lost, 1)
        inside = (share < 0.5) & (lost < 0.5) & (total > 0)
        step = -jnp.log1p(-jnp.where(inside, share, 0)) / reach
        # Every quantity is positive and has been rounded fewer than 8 (n + d) times.
        bound = inflate(step / jnp.sqrt(least), 8 * (n + d) + 64)
        return jnp.where(inside & jnp.isfinite(bound), bound, jnp.inf)

    return Optimality(
        gradient=jnp.sqrt(jnp.sum(slope_w**2) + slope_b**2),
        radius=distance(decrement + error),
        floor=distance(error),
    )
