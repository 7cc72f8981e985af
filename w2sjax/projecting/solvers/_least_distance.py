r"""The point of a polyhedron that is nearest to a given one, by a dual active set method.

Minimise $\tfrac12 \|u - u_0\|^2$ over $Wu \le b$, some rows with equality. Start from the nearest
point on a *face* (active rows $F$), with multipliers $\lambda \ge 0$; take up the row that is violated
most and raise its multiplier until it holds; an active row whose multiplier falls to zero on the way
is released. The distance rises strictly, so no face comes twice and the method is finite. It needs no
feasible start, and redundant, repeated and degenerate rows are no exceptions in it.

A face carries the pseudo-inverse of its rows and the projector on what they leave free; taking up
and releasing a row changes both by one outer product. They are those of $W_F$, not of its Gram
matrix, so that rows which are parallel up to half of the digits are still told apart; point and
multipliers are computed afresh from them in every step.

Reference: Goldfarb, Idnani (1983), A numerically stable dual method for solving strictly convex
quadratic programs, Mathematical Programming 27.
"""

import functools
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int


class Face(NamedTuple):
    """The rows that hold with equality and, for them, pseudo-inverse and projector."""

    active: Bool[Array, " m"]
    inverse: Float[Array, "m d"]  # one row for each active constraint, else zero
    projector: Float[Array, "d d"]  # on the directions that no active row restricts


class _Problem(NamedTuple):
    rows: Float[Array, "m d"]
    bounds: Float[Array, " m"]
    inequality: Bool[Array, " m"]
    tolerance: Float[Array, " m"]

    @property
    def rounding(self) -> float:
        return 8 * self.rows.shape[1] * float(jnp.finfo(self.rows.dtype).eps)


class Nearest(NamedTuple):
    """Where the method stands, and ends: point, multipliers and face, and the steps it took."""

    face: Face
    pending: Int[Array, ""]  # the row whose multiplier is being raised
    raised: Float[Array, ""]  # by how much, with the sign of its violation; 0 if there is none
    point: Float[Array, " d"]
    multipliers: Float[Array, " m"]  # but of the pending row
    steps: Int[Array, ""]
    done: Bool[Array, ""]


class _Way(NamedTuple):
    """What happens while the multiplier of a row is raised."""

    free: Float[Array, " d"]  # the part of the row that the face leaves free: where the point goes
    square: Float[Array, ""]  # of its length
    falls: Float[Array, " m"]  # how fast other multipliers fall
    independent: Bool[Array, ""]  # whether the row holds in the end
    length: Float[Array, ""]  # by how much to raise: until the row holds or a multiplier is zero
    blocking: Int[Array, ""]  # the row of that multiplier
    blocks: Bool[Array, ""]


def empty_face(rows: Float[Array, "m d"]) -> Face:
    """Return the face without active rows, the whole space."""
    count, size = rows.shape
    return Face(jnp.zeros(count, bool), jnp.zeros_like(rows), jnp.eye(size, dtype=rows.dtype))


def least_distance(
    target: Array, rows: Array, bounds, inequality, face: Face, known, tolerance, max_steps
) -> Nearest:
    """Find the point nearest to `target + known @ rows`.

    Args:
        target: what is left of $u_0$ after the multipliers that are known.
        rows, bounds, inequality: $W$, $b$, and which rows are no equalities.
        face: any face to start from.
        known: multipliers, 0 at rows that are not active on the face.
        tolerance: by how much rows may be violated, beside the rounding here.
        max_steps: changes of the face, and the check that ends the method.
    """
    problem = _Problem(rows, bounds, inequality, tolerance)
    zero, none = jnp.zeros((), jnp.int32), jnp.zeros((), rows.dtype)
    start = Nearest(face, zero, none, target, known, zero, jnp.zeros((), bool))
    state = lax.while_loop(
        lambda s: ~s.done & (s.steps < max_steps), functools.partial(_step, problem), start
    )
    point, multipliers = _corrected(problem, state.face, state.point, state.multipliers)
    multipliers = jnp.where(inequality, jnp.maximum(multipliers, 0), multipliers)
    pending = jnp.arange(len(bounds), dtype=jnp.int32) == state.pending
    multipliers = jnp.where(pending, multipliers + state.raised, multipliers)
    return state._replace(point=point, multipliers=multipliers)


def _step(problem: _Problem, state: Nearest) -> Nearest:
    """Release a row, raise the multiplier of another or take it up; or end."""
    rows, bounds, inequality = problem.rows, problem.bounds, problem.inequality
    lengths = jnp.sqrt(jnp.sum(rows**2, axis=1))
    face, raising = state.face, state.raised != 0
    point, multipliers = _corrected(problem, face, state.point, state.multipliers)
    point = jnp.where(raising, state.point, point)
    multipliers = jnp.where(raising, state.multipliers, multipliers)
    noise = problem.rounding * jnp.sqrt(jnp.sum(point**2))
    # A face from the round before may have to give up rows first.
    sizes = jnp.sqrt(jnp.sum(face.inverse**2, axis=1))
    wrong = multipliers / jnp.where(sizes > 0, sizes, 1) + noise
    wrong = jnp.where(face.active & inequality, wrong, 0)
    releases = ~raising & (jnp.min(wrong) < 0)

    excess = rows @ point - bounds
    violation = jnp.where(inequality, excess, jnp.abs(excess)) - problem.tolerance - noise * lengths
    relative = violation / jnp.where(lengths > 0, lengths, 1)
    worst = lax.argmax(jnp.where(face.active | (lengths == 0), -jnp.inf, relative), 0, jnp.int32)
    entering = jnp.where(raising, state.pending, worst)
    sign = jnp.where(inequality[entering] | (excess[entering] > 0), 1, -1).astype(rows.dtype)
    sign = jnp.where(raising, jnp.sign(state.raised), sign)
    ends = ~releases & ~raising & ~(violation[worst] > 0)
    moved = _way(problem, face, multipliers, sign * rows[entering], sign * excess[entering])
    stuck = ~releases & ~moved.blocks & ~moved.independent  # no point satisfies all rows

    blocked = ~releases & ~ends & moved.blocks
    enters = ~releases & ~ends & ~moved.blocks & moved.independent
    chosen = jnp.where(moved.blocks, moved.blocking, entering)
    chosen = jnp.where(releases, lax.argmin(wrong, 0, jnp.int32), chosen)
    chosen = jnp.arange(len(bounds), dtype=jnp.int32) == chosen
    chosen &= releases | blocked | enters
    own = moved._replace(free=sign * moved.free, falls=sign * moved.falls)
    length = jnp.where(blocked | enters, moved.length, 0)
    given_up = jnp.where(chosen & releases, multipliers, 0)
    raised = state.raised + sign * length
    lowered = multipliers - length * moved.falls
    multipliers = jnp.where(chosen, jnp.where(enters, raised, 0), lowered)
    return Nearest(
        face=_changed(face, chosen, enters, releases | blocked, own),
        pending=entering,
        raised=jnp.where(blocked, raised, 0),
        point=point - length * moved.free + given_up @ rows,
        multipliers=multipliers,
        steps=state.steps + 1,
        done=ends | stuck,
    )


def _corrected(
    problem: _Problem, face: Face, base: Array, multipliers: Array
) -> tuple[Array, Array]:
    """Go to the nearest point of the face, and give the multipliers what that takes."""
    point, change = base, jnp.zeros_like(problem.bounds)
    for _ in range(2):
        excess = jnp.where(face.active, problem.rows @ point - problem.bounds, 0)
        point = point - excess @ face.inverse
    for _ in range(2):
        change = change + face.inverse @ (base - point - change @ problem.rows)
    return point, multipliers + change


def _way(problem: _Problem, face: Face, multipliers: Array, normal: Array, excess: Array) -> _Way:
    """Raise the multiplier of a row; with what is parallel to the face, the point stays."""
    free = face.projector @ (face.projector @ normal)  # twice, against rounding
    eps = float(jnp.finfo(normal.dtype).eps)
    square, size = jnp.sum(free**2), jnp.sqrt(jnp.sum(normal**2))
    falls = face.inverse @ normal
    sizes = jnp.sqrt(jnp.sum(face.inverse**2, axis=1))
    independent = jnp.sqrt(square) > problem.rounding * size
    whole = jnp.where(independent, excess / jnp.where(independent, square, 1), jnp.inf)
    falling = face.active & problem.inequality & (falls > eps * sizes * size)
    reach = jnp.maximum(multipliers, 0) / jnp.where(falling, falls, 1)
    reach = jnp.where(falling, reach, jnp.inf)
    blocking = lax.argmin(reach, 0, jnp.int32)
    blocks = reach[blocking] < whole
    free = jnp.where(independent, free, 0)
    length = jnp.minimum(whole, reach[blocking])
    return _Way(free, square, falls, independent, length, blocking, blocks)


def _changed(face: Face, here, enters, leaves, way: _Way) -> Face:
    """Take up the row `here`, with its free part, or release it; else return the face."""
    own = jnp.sum(jnp.where(here[:, None], face.inverse, 0), axis=0)
    square = jnp.where(enters, way.square, jnp.sum(own**2))
    square = jnp.where((enters | leaves) & (square > 0), square, 1)
    direction = jnp.where(enters, way.free, jnp.where(leaves, own, 0)) / jnp.sqrt(square)
    added = jnp.where(here, 1, -way.falls) / jnp.sqrt(square)
    share = jnp.where(enters, added, -(face.inverse @ direction))
    outer = direction[:, None] * direction[None, :]
    inverse = face.inverse + share[:, None] * direction[None, :]
    return Face(
        active=jnp.where(here, enters | (face.active & ~leaves), face.active),
        inverse=jnp.where(here[:, None] & leaves, 0, inverse),
        projector=face.projector + jnp.where(enters, -outer, outer),
    )
