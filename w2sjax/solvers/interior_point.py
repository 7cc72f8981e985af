r"""Least squares over linear and quadratic constraints, by a primal-dual interior point method.

$$\min_x \tfrac12 \|Rx - z\|^2 \quad\text{over}\quad \varsigma_k x \le l_k,\; Gx \le h,\; Cx = e,\;
\|Q_i (x - c_i)\| \le 1 .$$

A quadratic constraint says that $(1, Q(x - c))$ lies in the second-order cone. Slacks and
multipliers stay inside their cones while Newton's method, in the scaling of Nesterov and Todd and
with the predictor and corrector of Mehrotra, follows the central path to its end. References:
Mehrotra (1992), SIAM J. Optim. 2; Vandenberghe, The CVXOPT linear and quadratic cone program
solvers (2010).

Redundant, repeated and degenerate constraints are the rule in an intersection; here they only
share a multiplier, while an active set method has to choose among them. Two precautions keep the
accuracy near that of an active set method. Bounds enter the Newton matrix $M$ by its diagonal
alone, which Cholesky's method tolerates at any size. All other constraints with large weight (the
rows, and for a quadratic constraint one direction) are eliminated from outside, by a Schur
complement $J M^{-1} J^\top + E$ with $E \to 0$ where they are active: adding $J^\top E^{-1} J$ to
$M$ would drown small curvature in the rounding of large terms. The ridge on $M$ acts on the step
only, not on the residuals, so it biases nothing.
"""

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from w2sjax.solvers import _second_order_cone as cone

PATIENCE = 15  # steps without progress before the loop gives up


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


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Point:
    r"""A primal point and the multipliers of the constraints.

    Attributes:
        primal: $x$, inside every inequality up to rounding.
        bounds, rows: nonnegative multipliers; those of infinite limits are 0.
        equalities: multipliers of any sign.
        normals: the part of $R^\top(z - Rx)$ that each quadratic constraint takes.
        steps: iterations spent.
    """

    primal: Float[Array, " n"]
    bounds: Float[Array, "b n"]
    rows: Float[Array, " m"]
    equalities: Float[Array, " k"]
    normals: Float[Array, "q n"]
    steps: Int[Array, ""]


class _Iterate(NamedTuple):
    primal: Float[Array, " n"]
    free: Float[Array, " k"]  # multipliers of the equalities
    slack: Float[Array, " c"]  # of the bounds, then of the rows
    multiplier: Float[Array, " c"]
    cone_slack: Float[Array, "q r+1"]
    cone_multiplier: Float[Array, "q r+1"]


class _Residual(NamedTuple):
    """What is missing in stationarity, feasibility and complementarity."""

    gradient: Float[Array, " n"]
    level: Float[Array, " k"]
    linear: Float[Array, " c"]
    conic: Float[Array, "q r+1"]
    product: Float[Array, " c"]
    cone_quotient: Float[Array, "q r+1"]  # in scaled coordinates, divided by the scaled point


class _State(NamedTuple):
    now: _Iterate
    best: _Iterate
    merit: Float[Array, ""]  # of the best
    patience: Int[Array, ""]
    steps: Int[Array, ""]
    done: Bool[Array, ""]


def interior_point(
    factor: Float[Array, "d n"],
    response: Float[Array, " d"],
    constraints: Constraints,
    start: Float[Array, " n"],
    length: Float[Array, ""],
    *,
    max_steps: int,
) -> Point:
    """Minimise from `start`, best strictly inside; `length` is the order of the solution's norm."""
    residual = factor @ start - response
    unit = jnp.sqrt(jnp.sum(response**2)) + jnp.sqrt(jnp.sum(residual**2))
    unit = jnp.where(unit > 0, unit, 1)
    scaled, row_lengths, level_lengths = _without_units(constraints, length)
    problem = _Problem(factor * (length / unit), response / unit, scaled)
    state = problem.first(start / length)
    state = lax.while_loop(lambda s: ~s.done & (s.steps < max_steps), problem.advance, state)
    best, back = state.best, unit * unit / length
    bounds = constraints.limits.size
    return Point(
        primal=best.primal * length,
        bounds=back
        * jnp.abs(scaled.signs)
        * best.multiplier[:bounds].reshape(constraints.limits.shape),
        rows=back * best.multiplier[bounds:] / row_lengths,
        equalities=back * best.free / level_lengths,
        normals=-back * jnp.einsum("qr,qrn->qn", best.cone_multiplier[:, 1:], scaled.shapes),
        steps=state.steps,
    )


def _without_units(constraints: Constraints, length):
    """Divide lengths by `length`, give rows length one, and void infinite limits."""
    finite = jnp.isfinite(constraints.limits)
    rows = jnp.sqrt(jnp.sum(constraints.matrix**2, axis=1))
    rows = jnp.where((rows > 0) & jnp.isfinite(constraints.bound), rows, jnp.inf)
    levels = jnp.sqrt(jnp.sum(constraints.equality**2, axis=1))
    levels = jnp.where(levels > 0, levels, 1)
    scaled = Constraints(
        signs=jnp.where(finite, constraints.signs, 0),
        limits=jnp.where(finite, constraints.limits / length, 1),
        matrix=constraints.matrix / rows[:, None],
        bound=jnp.where(jnp.isfinite(rows), constraints.bound / (rows * length), 1),
        equality=constraints.equality / levels[:, None],
        level=constraints.level / (levels * length),
        shapes=constraints.shapes * length,
        centres=constraints.centres / length,
    )
    return scaled, rows, levels


class _Problem(NamedTuple):
    """The problem in its own units, where point, objective and rows are of order one."""

    factor: Float[Array, "d n"]
    response: Float[Array, " d"]
    constraints: Constraints

    @property
    def degree(self) -> int:
        return max(self.constraints.limits.size + self.constraints.bound.size
                   + self.constraints.centres.shape[0], 1)  # fmt: skip

    def first(self, origin) -> _State:
        """Start with equal products of slacks and multipliers, of the order of the objective."""
        held, dtype = self.constraints, origin.dtype
        product = 1 + jnp.sum((self.factor @ origin - self.response) ** 2)
        product = product / (4 * self.degree)
        slack = jnp.maximum(-self._linear(origin), 0.01)
        conic = self._conic(origin)
        least = jnp.sqrt(jnp.sum(conic[:, 1:] ** 2, axis=1)) + 0.01
        conic = conic.at[:, 0].set(jnp.maximum(conic[:, 0], least))
        iterate = _Iterate(
            primal=origin,
            free=jnp.zeros_like(held.level),
            slack=slack,
            multiplier=product / slack,
            cone_slack=conic,
            cone_multiplier=product * cone.inverse(conic),
        )
        return _State(
            now=iterate,
            best=iterate,
            merit=jnp.asarray(jnp.inf, dtype),
            patience=jnp.asarray(PATIENCE, jnp.int32),
            steps=jnp.zeros((), jnp.int32),
            done=jnp.zeros((), bool),
        )

    def advance(self, state: _State) -> _State:
        """Take one step: a guess at the end of the path, then the corrected and centred step."""
        now, eps = state.now, float(jnp.finfo(self.response.dtype).eps)
        scaling = cone.scaling(now.cone_slack, now.cone_multiplier)
        centre = scaling.times(now.cone_multiplier)
        missing = self._missing(now, centre)
        guess, direction = self._newton(now, scaling, missing)
        reach = jnp.minimum(1.0, _longest(now, guess))
        centring = (1 - reach) ** 3
        pull = centring * _gap(now) / self.degree
        # With the whole correction of a guess that leads out of the cones, steps can cycle.
        trust = 1 - centring
        bend = trust * cone.product(
            scaling.divide(guess.cone_slack), scaling.times(guess.cone_multiplier)
        )
        step = direction(
            missing._replace(
                product=missing.product + trust * guess.slack * guess.multiplier - pull,
                cone_quotient=missing.cone_quotient
                + cone.quotient(centre, bend.at[:, 0].add(-pull)),
            )
        )
        share = jnp.minimum(1.0, 0.99 * _longest(now, step))
        new = jax.tree.map(lambda a, b: a + share * b, now, step)
        merit = self._merit(new)
        usable = jnp.isfinite(merit)
        better = usable & (merit < state.merit)
        # Close to the end a step without progress means that rounding is reached.
        haste = jnp.where(state.merit < eps**0.6, PATIENCE // 3, 1)
        patience = jnp.where(usable & (merit < 0.9 * state.merit), PATIENCE, state.patience - haste)
        return _State(
            now=new,
            best=jax.tree.map(lambda a, b: jnp.where(better, a, b), new, state.best),
            merit=jnp.where(better, merit, state.merit),
            patience=patience,
            steps=state.steps + 1,
            done=~usable | (patience <= 0) | (merit < 4 * eps),
        )

    def _linear(self, x):
        held = self.constraints
        bounds = (held.signs * x[None, :] - held.limits).ravel()
        return jnp.concatenate([bounds, held.matrix @ x - held.bound])

    def _conic(self, x):
        held = self.constraints
        tail = jnp.einsum("qrn,qn->qr", held.shapes, x[None, :] - held.centres)
        return cone.joined(jnp.ones_like(tail[:, 0]), tail)

    def _missing(self, now: _Iterate, centre) -> _Residual:
        held = self.constraints
        bounds = now.multiplier[: held.limits.size].reshape(held.limits.shape)
        gradient = (self.factor @ now.primal - self.response) @ self.factor
        gradient += jnp.sum(held.signs * bounds, axis=0)
        gradient += now.multiplier[held.limits.size :] @ held.matrix + now.free @ held.equality
        gradient -= jnp.einsum("qr,qrn->n", now.cone_multiplier[:, 1:], held.shapes)
        return _Residual(
            gradient=gradient,
            level=held.equality @ now.primal - held.level,
            linear=self._linear(now.primal) + now.slack,
            conic=now.cone_slack - self._conic(now.primal),
            product=now.slack * now.multiplier,
            cone_quotient=centre,
        )

    def _merit(self, now: _Iterate):
        missing = self._missing(now, now.cone_slack)
        return (
            _gap(now)
            + jnp.sum(jnp.abs(missing.gradient))
            + jnp.sum(jnp.abs(missing.linear) * (1 + now.multiplier))
            + jnp.sum(jnp.abs(missing.conic) * (1 + jnp.abs(now.cone_multiplier)))
            + jnp.sum(jnp.abs(missing.level) * (1 + jnp.abs(now.free)))
        )

    def _newton(self, now: _Iterate, scaling: cone.Scaling, missing: _Residual):
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

        def sides(missing: _Residual):
            push = (now.multiplier * missing.linear - missing.product) / now.slack
            right = -missing.gradient - jnp.sum(held.signs * push[:bounds].reshape(shape), axis=0)
            error = missing.conic - scaling.times(missing.cone_quotient)
            right += jnp.einsum("qr,qrn,q->n", error[:, 1:], held.shapes, 1 / squares)
            along = jnp.sum(cone.reflected(scaling.axis) * error, axis=1)
            shift = (missing.product / now.multiplier - missing.linear)[bounds:]
            return scale * right, jnp.concatenate([shift, -along, -missing.level]), error

        def finish(missing: _Residual, right, shift, error) -> _Iterate:
            solved = _backward(outer, _forward(outer, (inner.T @ right - shift)[:, None]))[:, 0]
            primal = scale * _backward(lower, (right - inner @ solved)[:, None])[:, 0]
            of_rows, of_axes, free = jnp.split(solved, [rows, rows + squares.size])
            bent = jnp.einsum("qrn,n->qr", held.shapes, primal)
            bent = cone.joined(jnp.zeros_like(squares), bent)
            moved = jnp.concatenate([(held.signs * primal[None, :]).ravel(), held.matrix @ primal])
            slack = -missing.linear - moved
            of_bounds = -(missing.product + now.multiplier * slack)[:bounds] / now.slack[:bounds]
            conic = scaling.axis * of_axes[:, None] - (error - bent) / squares[:, None]
            return _Iterate(
                primal=primal,
                free=free,
                slack=slack,
                multiplier=jnp.concatenate([of_bounds, of_rows]),
                cone_slack=bent - missing.conic,
                cone_multiplier=cone.reflected(conic),
            )

        def direction(missing: _Residual) -> _Iterate:
            right, shift, error = sides(missing)
            return finish(missing, _forward(lower, right[:, None])[:, 0], shift, error)

        right, shift, error = sides(missing)
        lower = _cholesky(scale[:, None] * matrix * scale[None, :] + jnp.diag(ridge))
        inner = jnp.concatenate([scale[:, None] * outside.T, right[:, None]], axis=1)
        inner = _forward(lower, inner)
        inner, right = inner[:, :-1], inner[:, -1]
        schur = inner.T @ inner
        ridge = eps * jnp.diagonal(schur)
        schur += jnp.diag(give + jnp.where(ridge > 0, ridge, 1))
        outer = _cholesky(schur)
        return finish(missing, right, shift, error), direction


def _gap(now: _Iterate):
    return jnp.sum(now.slack * now.multiplier) + jnp.sum(now.cone_slack * now.cone_multiplier)


def _longest(now: _Iterate, step: _Iterate):
    """Share of the step at which a slack or a multiplier reaches the boundary of its cone."""
    values = jnp.concatenate([now.slack, now.multiplier])
    changes = jnp.concatenate([step.slack, step.multiplier])
    falling = changes < 0
    linear = jnp.where(falling, values / jnp.where(falling, -changes, 1), jnp.inf)
    slack = cone.reach(now.cone_slack, step.cone_slack)
    multiplier = cone.reach(now.cone_multiplier, step.cone_multiplier)
    return jnp.min(jnp.concatenate([linear, slack, multiplier]), initial=jnp.inf)


def _cholesky(matrix):
    """Cholesky factor; a root suffices for one row, and saves a call into LAPACK."""
    if matrix.shape[0] == 1:
        return jnp.sqrt(matrix)
    return lax.linalg.cholesky(matrix, symmetrize_input=False)


def _forward(lower, sides):
    if lower.shape[0] == 1:
        return sides / lower
    return lax.linalg.triangular_solve(lower, sides, left_side=True, lower=True)


def _backward(lower, sides):
    if lower.shape[0] == 1:
        return sides / lower
    return lax.linalg.triangular_solve(lower, sides, left_side=True, lower=True, transpose_a=True)
