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

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from w2sjax.projecting.solvers import _second_order_cone as cone
from w2sjax.projecting.solvers._cone_program import Constraints, Iterate, Problem, gap

PATIENCE = 15  # steps without progress before the loop gives up


class Point(NamedTuple):
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


class _State(NamedTuple):
    now: Iterate
    best: Iterate
    merit: Float[Array, ""]  # of the best
    patience: Int[Array, ""]
    steps: Int[Array, ""]
    done: Bool[Array, ""]


def interior_point(
    factor: Array, response: Array, constraints: Constraints, start: Array, length, *, max_steps
) -> Point:
    """Minimise from `start`, best strictly inside; `length` is the order of the solution's norm."""
    residual = factor @ start - response
    unit = jnp.sqrt(jnp.sum(response**2)) + jnp.sqrt(jnp.sum(residual**2))
    unit = jnp.where(unit > 0, unit, 1)
    scaled, row_lengths, level_lengths = _without_units(constraints, length)
    problem = Problem(factor * (length / unit), response / unit, scaled)
    state = _first(problem, start / length)
    state = lax.while_loop(
        lambda s: ~s.done & (s.steps < max_steps), functools.partial(_advance, problem), state
    )
    best, back = state.best, unit * unit / length
    bounds = constraints.limits.size
    multipliers = back * best.multiplier[:bounds].reshape(constraints.limits.shape)
    return Point(
        primal=best.primal * length,
        bounds=jnp.abs(scaled.signs) * multipliers,
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


def _first(problem: Problem, origin) -> _State:
    """Start with equal products of slacks and multipliers, of the order of the objective."""
    product = 1 + jnp.sum((problem.factor @ origin - problem.response) ** 2)
    product = product / (4 * problem.degree)
    slack = jnp.maximum(-problem.linear(origin), 0.01)
    conic = problem.conic(origin)
    least = jnp.sqrt(jnp.sum(conic[:, 1:] ** 2, axis=1)) + 0.01
    conic = conic.at[:, 0].set(jnp.maximum(conic[:, 0], least))
    iterate = Iterate(
        primal=origin,
        free=jnp.zeros_like(problem.constraints.level),
        slack=slack,
        multiplier=product / slack,
        cone_slack=conic,
        cone_multiplier=product * cone.inverse(conic),
    )
    worst, steps = jnp.asarray(jnp.inf, origin.dtype), jnp.zeros((), jnp.int32)
    return _State(iterate, iterate, worst, steps + PATIENCE, steps, jnp.zeros((), bool))


def _advance(problem: Problem, state: _State) -> _State:
    """Take one step: a guess at the end of the path, then the corrected and centred step."""
    now, eps = state.now, float(jnp.finfo(problem.response.dtype).eps)
    scaling = cone.scaling(now.cone_slack, now.cone_multiplier)
    centre = scaling.times(now.cone_multiplier)
    missing = problem.missing(now, centre)
    guess, direction = problem.newton(now, scaling, missing)
    reach = jnp.minimum(1.0, _longest(now, guess))
    centring = (1 - reach) ** 3
    pull = centring * gap(now) / problem.degree
    # With the whole correction of a guess that leads out of the cones, steps can cycle.
    trust = 1 - centring
    scaled = scaling.divide(guess.cone_slack), scaling.times(guess.cone_multiplier)
    bend = trust * cone.product(*scaled)
    product = missing.product + trust * guess.slack * guess.multiplier - pull
    quotient = missing.cone_quotient + cone.quotient(centre, bend.at[:, 0].add(-pull))
    step = direction(missing._replace(product=product, cone_quotient=quotient))
    share = jnp.minimum(1.0, 0.99 * _longest(now, step))
    new = jax.tree.map(lambda a, b: a + share * b, now, step)
    merit = problem.merit(new)
    usable = jnp.isfinite(merit)
    better = usable & (merit < state.merit)
    # Close to the end a step without progress means that rounding is reached.
    haste = jnp.where(state.merit < eps**0.6, 2, 1)
    patience = jnp.where(usable & (merit < 0.9 * state.merit), PATIENCE, state.patience - haste)
    return _State(
        now=new,
        best=jax.tree.map(lambda a, b: jnp.where(better, a, b), new, state.best),
        merit=jnp.where(better, merit, state.merit),
        patience=patience,
        steps=state.steps + 1,
        done=~usable | (patience <= 0) | (merit < 4 * eps),
    )


def _longest(now: Iterate, step: Iterate):
    """Share of the step at which a slack or a multiplier reaches the boundary of its cone."""
    values = jnp.concatenate([now.slack, now.multiplier])
    changes = jnp.concatenate([step.slack, step.multiplier])
    falling = changes < 0
    linear = jnp.where(falling, values / jnp.where(falling, -changes, 1), jnp.inf)
    slack = cone.reach(now.cone_slack, step.cone_slack)
    multiplier = cone.reach(now.cone_multiplier, step.cone_multiplier)
    return jnp.min(jnp.concatenate([linear, slack, multiplier]), initial=jnp.inf)
