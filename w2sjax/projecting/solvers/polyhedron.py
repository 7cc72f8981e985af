r"""Least squares over a polyhedron, with its multipliers.

The factor, its columns scaled to lengths from 1 to 2, is decomposed as $R = U \Sigma V^\top S$. With a little
weight $\delta$ on the step $\theta - \theta_k$ from the point before (the proximal point method,
Rockafellar (1976), SIAM J. Control Optim. 14) each round is a problem of least distance in
$u = (\Sigma^2 + \delta^2)^{1/2} V^\top S (\theta - \theta_k)$, which `_least_distance` solves. No Gram
matrix is formed, so features with a condition number of 1e8 keep half of their digits, and two to four
rounds bring back the others. Directions without curvature move only where constraints ask for it.
"""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from ._least_distance import Face, empty_face, least_distance
from ._norm import powers_of_two
from ._refine import refine
from .least_squares import Solution

ROUNDS = 12  # three suffice unless the condition number is beyond 1e8
LEFT = 16  # roundings by which rows may be violated before the corrections
CORRECTIONS = 3  # of the point and of the multipliers, in the digits that the steps lost


def polyhedron(
    factor: Float[Array, "d d"],
    response: Float[Array, " d"],
    inequality_matrix: Float[Array, "m d"],
    inequality_bound: Float[Array, " m"],
    equality_matrix: Float[Array, "k d"],
    equality_bound: Float[Array, " k"],
    *,
    max_steps: int,
) -> Solution:
    r"""Minimise $\tfrac12 \|R\theta - z\|^2$ over $A\theta \le b$, $E\theta = f$.

    `dual` is $(\lambda, \nu)$, with $R^\top(z - R\theta) \approx A^\top\lambda + E^\top\nu$ and
    $\lambda \ge 0$ exactly. The constraints hold up to rounding if `max_steps` sufficed; else, or
    if there is no feasible point, they need not hold.
    """
    size, inequalities, equalities = response.size, len(inequality_bound), len(equality_bound)
    rows = jnp.concatenate([inequality_matrix, equality_matrix])
    bounds = jnp.concatenate([inequality_bound, equality_bound])
    if not bounds.size:  # a constraint that always holds, since argmax needs one entry
        rows, bounds = jnp.zeros((1, size), response.dtype), jnp.zeros(1, response.dtype)
    inequality = jnp.arange(bounds.size) < inequalities
    eps = float(jnp.finfo(response.dtype).eps)
    rounding = 2 * size * eps

    pull, away = _whitened(factor, eps)
    lengths = jnp.sqrt(jnp.sum(factor**2, axis=0))
    white = rows @ away.T
    norm = jnp.sqrt(jnp.sum(response**2))

    def rounded(theta: Array) -> Array:
        return rounding * (jnp.abs(rows) @ jnp.abs(theta) + jnp.abs(bounds))

    def solve(carry: tuple[Array, Array], face: Face, steps_left: Array) -> tuple:
        theta, multipliers = carry
        # It is small in the end, and with it what rounding leaves.
        force = pull(response - factor @ theta) - multipliers @ white
        room = bounds - rows @ theta
        found = least_distance(
            force, white, room, inequality, face, multipliers, rounded(theta), steps_left
        )
        change = found.point @ away
        theta = theta + change
        moved = jnp.sqrt(jnp.sum((factor @ change) ** 2))
        still = moved <= rounding * (norm + lengths @ jnp.abs(theta))
        excess = rows @ theta - bounds
        still &= jnp.all(jnp.where(inequality, excess, jnp.abs(excess)) <= LEFT * rounded(theta))
        return (theta, found.multipliers), found.face, found.steps, still

    start = jnp.zeros_like(response), jnp.zeros_like(bounds)
    (theta, multipliers), face, steps, _ = refine(
        solve, start, empty_face(white), max_steps=max_steps, rounds=ROUNDS
    )
    theta, multipliers = _corrected(
        factor, response, rows, bounds, inequality, face, away, theta, multipliers
    )
    dual = multipliers[:inequalities], multipliers[inequalities : inequalities + equalities]
    return Solution(coefficients=theta, dual=dual, steps=steps)


def _whitened(factor, eps: float):
    """Give what pulls $u$ for a residual, and what takes $u$ to a step, transposed."""
    scale = powers_of_two(factor)
    left, singular, right = jnp.linalg.svd(factor / scale[None, :])
    singular = jnp.where(singular > len(factor) * eps * singular[0], singular, 0)
    stretch = jnp.hypot(singular, jnp.asarray(eps**0.6, singular.dtype))
    away = (right / stretch[:, None]) / scale[None, :]
    return lambda residual: singular / stretch * (residual @ left), away


def _corrected(factor, response, rows, bounds, inequality, face: Face, away, theta, multipliers):
    """Bring back the digits of point and multipliers that the steps lost, on the last face."""

    def restore(_: int | Array, theta: Array) -> Array:
        excess = jnp.where(face.active, rows @ theta - bounds, 0)
        return theta - (excess @ face.inverse) @ away

    def balance(_: int | Array, multipliers: Array) -> Array:
        rest = (response - factor @ theta) @ factor - multipliers @ rows
        moved = multipliers + face.inverse @ (away @ rest)
        return jnp.where(inequality, jnp.maximum(moved, 0), moved)

    theta = lax.fori_loop(0, CORRECTIONS, restore, theta)
    return theta, lax.fori_loop(0, CORRECTIONS, balance, multipliers)
