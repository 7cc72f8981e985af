"""Least squares over a polyhedron, with its multipliers."""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from ._active_set import Face, Region, descend
from ._refine import proximal, refine, settled, without_dust
from .solution import Solution

RESTORATIONS = 3  # returns to the active constraints, which rounding of the multipliers leaves


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

    The dual problem is a least squares problem over $\lambda \ge 0$ and free $\nu$, solved by the
    method of `_active_set` on the steps of both, with proximal terms in $\theta$ and in
    $(\lambda, \nu)$: the proximal method of multipliers, Rockafellar (1976), Math. Oper. Res. 1.
    `dual` is $(\lambda, \nu)$, with $R^\top(z - R\theta) \approx A^\top\lambda + E^\top\nu$ and
    $\lambda \ge 0$ exactly. The constraints hold up to rounding if `max_steps` sufficed; else, or
    if there is no feasible point, they need not hold.
    """
    size, inequalities, equalities = response.size, len(inequality_bound), len(equality_bound)
    rows = jnp.concatenate([inequality_matrix, equality_matrix])
    bounds = jnp.concatenate([inequality_bound, equality_bound])
    if not bounds.size:  # a constraint that always holds, since argmax needs one entry
        rows, bounds = jnp.zeros((1, size), response.dtype), jnp.zeros(1, response.dtype)

    factor = without_dust(factor)
    gram = factor.T @ factor
    squares = jnp.diagonal(gram)
    root = lax.linalg.cholesky(gram + jnp.diag(proximal(squares)), symmetrize_input=False)

    def whiten(columns: Array) -> Array:
        return lax.linalg.triangular_solve(root, columns, left_side=True, lower=True)

    def solve(vector: Array) -> Array:
        half = whiten(vector[:, None])
        return lax.linalg.triangular_solve(
            root, half, left_side=True, lower=True, transpose_a=True
        )[:, 0]

    white = whiten(rows.T)
    dual_gram = white.T @ white
    diagonal = proximal(jnp.diagonal(dual_gram), multiple=128, power=1)
    inequality = jnp.arange(bounds.size) < inequalities
    upper = jnp.full_like(bounds, jnp.inf)
    rounding = 2 * size * float(jnp.finfo(response.dtype).eps)
    lengths, norm = jnp.sqrt(squares), jnp.linalg.norm(response)

    def problem(
        carry: tuple[Array, Array], face: Face, steps_left: Array
    ) -> tuple[tuple[Array, Array], Face, Array, Bool[Array, ""]]:
        theta, multipliers = carry
        force = (response - factor @ theta) @ factor - multipliers @ rows
        excess = rows @ (theta + solve(force)) - bounds
        tolerance = rounding * (jnp.abs(rows) @ jnp.abs(theta) + jnp.abs(bounds))
        found = descend(
            excess,
            jnp.zeros_like(multipliers),  # steps keep digits that their sum cannot hold
            face,
            Region(jnp.where(inequality, -multipliers, -jnp.inf), upper, None),
            tolerance,
            diagonal,
            steps_left,
        )
        theta = theta + solve(force - found.point @ rows)
        multipliers = multipliers + found.point
        noise = lengths * (norm + lengths @ jnp.abs(theta)) + jnp.abs(multipliers) @ jnp.abs(rows)
        still = jnp.all(jnp.abs(force) <= rounding * noise)
        return (
            (theta, multipliers),
            found.face,
            found.steps,
            still & settled(excess, found, tolerance),
        )

    face = Face(
        free=jnp.zeros(bounds.shape, bool),
        sign=jnp.ones_like(bounds),
        tight=jnp.asarray(False),
        tableau=dual_gram + jnp.diag(diagonal),
    )
    start = (jnp.zeros_like(response), jnp.zeros_like(bounds))
    (theta, multipliers), face, steps = refine(problem, start, face, max_steps=max_steps)

    def restore(_: int | Array, theta: Array) -> Array:
        excess = jnp.where(face.free, rows @ theta - bounds, 0)
        return theta + solve(jnp.where(face.free, face.tableau @ excess, 0) @ rows)

    theta = lax.fori_loop(0, RESTORATIONS, restore, theta)
    inequality_dual = multipliers[:inequalities]
    equality_dual = multipliers[inequalities : inequalities + equalities]
    return Solution(coefficients=theta, dual=(inequality_dual, equality_dual), steps=steps)
