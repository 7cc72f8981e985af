r"""A least squares problem over linear and quadratic constraints, and its Newton steps."""

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from w2sjax.projecting.solvers import _second_order_cone as cone


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Constraints:
    r"""What restricts $x$; any of the leading sizes may be 0, and a limit may be infinite.

    Attributes:
        signs, limits: bounds $\varsigma_k x \le l_k$ on all coordinates, $\varsigma_k = \pm 1$.
        matrix, bound: rows $Gx \le h$.
        equality, level: rows $Cx = e$.
        shapes, centres: quadratic constraints $\|Q_i (x - c_i)\| \le 1$.
    """

    signs: Float[Array, "b 1"]
    limits: Float[Array, "b n"]
    matrix: Float[Array, "m n"]
    bound: Float[Array, " m"]
    equality: Float[Array, "k n"]
    level: Float[Array, " k"]
    shapes: Float[Array, "q r n"]
    centres: Float[Array, "q n"]


class Iterate(NamedTuple):
    primal: Float[Array, " n"]
    free: Float[Array, " k"]  # multipliers of the equalities
    slack: Float[Array, " c"]  # of the bounds, then of the rows
    multiplier: Float[Array, " c"]
    cone_slack: Float[Array, "q r+1"]
    cone_multiplier: Float[Array, "q r+1"]


class Residual(NamedTuple):
    """What is missing in stationarity, feasibility and complementarity."""

    gradient: Float[Array, " n"]
    level: Float[Array, " k"]
    linear: Float[Array, " c"]
    conic: Float[Array, "q r+1"]
    product: Float[Array, " c"]
    cone_quotient: Float[Array, "q r+1"]  # in scaled coordinates, divided by the scaled point


class Problem(NamedTuple):
    """The problem in its own units, where point, objective and rows are of order one."""

    factor: Float[Array, "d n"]
    response: Float[Array, " d"]
    constraints: Constraints

    @property
    def degree(self) -> int:
        return max(self.constraints.limits.size + self.constraints.bound.size
                   + self.constraints.centres.shape[0], 1)  # fmt: skip

    def linear(self, x):
        held = self.constraints
        bounds = (held.signs * x[None, :] - held.limits).ravel()
        return jnp.concatenate([bounds, held.matrix @ x - held.bound])

    def conic(self, x):
        held = self.constraints
        tail = jnp.einsum("qrn,qn->qr", held.shapes, x[None, :] - held.centres)
        return cone.joined(jnp.ones_like(tail[:, 0]), tail)

    def missing(self, now: Iterate, centre) -> Residual:
        held = self.constraints
        bounds = now.multiplier[: held.limits.size].reshape(held.limits.shape)
        gradient = (self.factor @ now.primal - self.response) @ self.factor
        gradient += jnp.sum(held.signs * bounds, axis=0)
        gradient += now.multiplier[held.limits.size :] @ held.matrix + now.free @ held.equality
        gradient -= jnp.einsum("qr,qrn->n", now.cone_multiplier[:, 1:], held.shapes)
        return Residual(
            gradient=gradient,
            level=held.equality @ now.primal - held.level,
            linear=self.linear(now.primal) + now.slack,
            conic=now.cone_slack - self.conic(now.primal),
            product=now.slack * now.multiplier,
            cone_quotient=centre,
        )

    def merit(self, now: Iterate):
        missing = self.missing(now, now.cone_slack)
        return (
            gap(now)
            + jnp.sum(jnp.abs(missing.gradient))
            + jnp.sum(jnp.abs(missing.linear) * (1 + now.multiplier))
            + jnp.sum(jnp.abs(missing.conic) * (1 + jnp.abs(now.cone_multiplier)))
            + jnp.sum(jnp.abs(missing.level) * (1 + jnp.abs(now.free)))
        )

    def newton(self, now: Iterate, scaling: cone.Scaling, missing: Residual):
        """Factor the Newton matrix; return the step for what is missing and the map to others.

        Every call into LAPACK uses the result of the one before: jaxlib shares a batch of them
        out to the threads that run them, and two at once can wait for each other for ever.
        """
        held = self.constraints
        bounds, shape = held.limits.size, held.limits.shape
        rows, dtype = held.bound.size, now.primal.dtype
        eps = float(jnp.finfo(dtype).eps)
        squares = scaling.height**2
        ratio = now.multiplier / now.slack
        matrix = self.factor.T @ self.factor
        matrix += jnp.diag(jnp.sum(held.signs**2 * ratio[:bounds].reshape(shape), axis=0))
        matrix += jnp.einsum("qri,qrj,q->ij", held.shapes, held.shapes, 1 / squares)
        diagonal = jnp.diagonal(matrix)
        scale = lax.rsqrt(jnp.where(diagonal > 0, diagonal, 1))
        ridge = jnp.where(diagonal > 0, jnp.asarray(eps**0.7, dtype), 1)
        axes = jnp.einsum("qr,qrn->qn", scaling.axis[:, 1:], held.shapes)
        outside = jnp.concatenate([held.matrix, axes, held.equality])
        give = jnp.concatenate([1 / ratio[bounds:], squares / 2, jnp.zeros_like(held.level)])

        def sides(missing: Residual):
            push = (now.multiplier * missing.linear - missing.product) / now.slack
            right = -missing.gradient - jnp.sum(held.signs * push[:bounds].reshape(shape), axis=0)
            error = missing.conic - scaling.times(missing.cone_quotient)
            right += jnp.einsum("qr,qrn,q->n", error[:, 1:], held.shapes, 1 / squares)
            along = jnp.sum(cone.reflected(scaling.axis) * error, axis=1)
            shift = (missing.product / now.multiplier - missing.linear)[bounds:]
            return scale * right, jnp.concatenate([shift, -along, -missing.level]), error

        def finish(missing: Residual, right, shift, error) -> Iterate:
            ahead = _divided(outer, (inner.T @ right - shift)[:, None])
            solved = _divided(outer, ahead, back=True)[:, 0]
            primal = scale * _divided(lower, (right - inner @ solved)[:, None], back=True)[:, 0]
            of_rows, of_axes, free = jnp.split(solved, [rows, rows + squares.size])
            bent = jnp.einsum("qrn,n->qr", held.shapes, primal)
            bent = cone.joined(jnp.zeros_like(squares), bent)
            moved = jnp.concatenate([(held.signs * primal[None, :]).ravel(), held.matrix @ primal])
            slack = -missing.linear - moved
            of_bounds = -(missing.product + now.multiplier * slack)[:bounds] / now.slack[:bounds]
            conic = scaling.axis * of_axes[:, None] - (error - bent) / squares[:, None]
            return Iterate(
                primal=primal,
                free=free,
                slack=slack,
                multiplier=jnp.concatenate([of_bounds, of_rows]),
                cone_slack=bent - missing.conic,
                cone_multiplier=cone.reflected(conic),
            )

        def direction(missing: Residual) -> Iterate:
            right, shift, error = sides(missing)
            return finish(missing, _divided(lower, right[:, None])[:, 0], shift, error)

        right, shift, error = sides(missing)
        lower = _cholesky(scale[:, None] * matrix * scale[None, :] + jnp.diag(ridge))
        inner = jnp.concatenate([scale[:, None] * outside.T, right[:, None]], axis=1)
        inner = _divided(lower, inner)
        inner, right = inner[:, :-1], inner[:, -1]
        schur = inner.T @ inner
        ridge = eps * jnp.diagonal(schur)
        schur += jnp.diag(give + jnp.where(ridge > 0, ridge, 1))
        outer = _cholesky(schur)
        return finish(missing, right, shift, error), direction


def gap(now: Iterate):
    return jnp.sum(now.slack * now.multiplier) + jnp.sum(now.cone_slack * now.cone_multiplier)


def _cholesky(matrix):
    """Cholesky factor; a root suffices for one row, and saves a call into LAPACK."""
    if matrix.shape[0] == 1:
        return jnp.sqrt(matrix)
    return lax.linalg.cholesky(matrix, symmetrize_input=False)


def _divided(lower, sides, *, back: bool = False):
    """Solve with a Cholesky factor, or with its transpose on the way back."""
    if lower.shape[0] == 1:
        return sides / lower
    return lax.linalg.triangular_solve(lower, sides, left_side=True, lower=True, transpose_a=back)
