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

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int


class Face(NamedTuple):
    """The rows that hold with equality and, for them, pseudo-inverse and projector."""

    active: Bool[Array, " m"]
    inverse: Float[Array, "m d"]  # one row for each active constraint, else zero
    projector: Float[Array, "d d"]  # on the directions that no active row restricts


class Nearest(NamedTuple):
    """Where the method ended: point, multipliers and face, and the steps it took."""

    point: Float[Array, " d"]
    multipliers: Float[Array, " m"]
    face: Face
    steps: Int[Array, ""]


class _State(NamedTuple):
    face: Face
    pending: Int[Array, ""]  # the row whose multiplier is being raised
    raised: Float[Array, ""]  # by how much, with the sign of its violation; 0 if there is none
    steps: Int[Array, ""]
    done: Bool[Array, ""]


def empty_face(rows: Float[Array, "m d"]) -> Face:
    """Return the face without active rows, the whole space."""
    count, size = rows.shape
    return Face(jnp.zeros(count, bool), jnp.zeros_like(rows), jnp.eye(size, dtype=rows.dtype))


def least_distance(
    target: Float[Array, " d"],
    rows: Float[Array, "m d"],
    bounds: Float[Array, " m"],
    inequality: Bool[Array, " m"],
    face: Face,
    tolerance: Float[Array, " m"],
    max_steps: int | Int[Array, ""],
) -> Nearest:
    """Find the point from any face; rows may be violated by `tolerance` and the rounding here."""
    rounding = 8 * rows.shape[1] * float(jnp.finfo(rows.dtype).eps)
    lengths = jnp.sqrt(jnp.sum(rows**2, axis=1))
    index = jnp.arange(len(bounds), dtype=jnp.int32)

    def on_face(face: Face, base: Array) -> tuple[Array, Array]:
        """Give the point of the face nearest to `base`, and the multipliers; corrected once."""
        point, multipliers = base, jnp.zeros_like(bounds)
        for _ in range(2):
            excess = jnp.where(face.active, rows @ point - bounds, 0)
            point = point - excess @ face.inverse
        for _ in range(2):
            multipliers = multipliers + face.inverse @ (base - point - multipliers @ rows)
        return point, multipliers

    def step(state: _State) -> _State:
        face = state.face
        base = target - state.raised * rows[state.pending]
        point, multipliers = on_face(face, base)
        size = jnp.sqrt(jnp.sum(base**2)) + jnp.sqrt(jnp.sum(point**2))
        sizes = jnp.sqrt(jnp.sum(face.inverse**2, axis=1))
        # A face from the round before may have to give up rows first.
        wrong = jnp.where(face.active & inequality, multipliers + rounding * size * sizes, 0)
        wrong = jnp.where(sizes > 0, wrong / jnp.where(sizes > 0, sizes, 1), 0)
        releases = (state.raised == 0) & (jnp.min(wrong) < 0)

        excess = rows @ point - bounds
        allowed = tolerance + rounding * lengths * size
        violation = jnp.where(inequality, excess, jnp.abs(excess)) - allowed
        relative = violation / jnp.where(lengths > 0, lengths, 1)
        candidates = jnp.where(face.active | (lengths == 0), -jnp.inf, relative)
        worst = lax.argmax(candidates, 0, jnp.int32)
        entering = jnp.where(state.raised == 0, worst, state.pending)
        sign = jnp.where(inequality | (excess > 0), 1, -1).astype(rows.dtype)
        sign = jnp.where(state.raised < 0, -1, jnp.where(state.raised > 0, 1, sign[entering]))
        ends = ~releases & (state.raised == 0) & ~(violation[worst] > 0)

        normal = sign * rows[entering]
        free = face.projector @ (face.projector @ normal)  # twice, against rounding
        square = jnp.sum(free**2)
        falls = face.inverse @ normal
        independent = jnp.sqrt(square) > rounding * lengths[entering]
        whole = jnp.where(
            independent, sign * excess[entering] / jnp.where(independent, square, 1), jnp.inf
        )
        falling = face.active & inequality & (falls > rounding * sizes * lengths[entering])
        reach = jnp.maximum(multipliers, 0) / jnp.where(falling, falls, 1)
        reach = jnp.where(falling, reach, jnp.inf)
        blocking = lax.argmin(reach, 0, jnp.int32)
        blocks = reach[blocking] < whole
        stuck = ~releases & ~blocks & ~independent  # no point satisfies all constraints

        leaves = releases | (~ends & blocks)
        enters = ~releases & ~ends & ~blocks & independent
        chosen = jnp.where(
            releases, lax.argmin(wrong, 0, jnp.int32), jnp.where(blocks, blocking, entering)
        )
        raised = state.raised + sign * reach[blocking]
        return _State(
            face=_changed(face, index == chosen, enters, leaves, sign * free, square, sign * falls),
            pending=entering,
            raised=jnp.where(~releases & ~ends & blocks, raised, 0),
            steps=state.steps + 1,
            done=ends | stuck,
        )

    zero = jnp.zeros((), jnp.int32)
    start = _State(face, zero, jnp.zeros((), rows.dtype), zero, jnp.zeros((), bool))
    state = lax.while_loop(lambda s: ~s.done & (s.steps < max_steps), step, start)
    point, multipliers = on_face(state.face, target - state.raised * rows[state.pending])
    multipliers = jnp.where(inequality, jnp.maximum(multipliers, 0), multipliers)
    multipliers = jnp.where(state.face.active, multipliers, 0)
    multipliers = multipliers + jnp.where(index == state.pending, state.raised, 0)
    return Nearest(point, multipliers, state.face, state.steps)


def _changed(face: Face, here, enters, leaves, free, square, falls) -> Face:
    """Take up the row `here`, with its free part, or release it; else return the face."""
    own = jnp.sum(jnp.where(here[:, None], face.inverse, 0), axis=0)
    length = jnp.sum(own**2)
    direction = jnp.where(enters, free, own)
    scale = jnp.where(enters, square, jnp.where(length > 0, length, 1))
    direction = jnp.where(enters | leaves, direction, 0) / jnp.sqrt(
        jnp.where(enters | leaves, scale, 1)
    )
    outer = direction[:, None] * direction[None, :]
    along = face.inverse @ direction
    added = jnp.where(here, 1, -falls) / jnp.sqrt(scale)
    share = jnp.where(enters, added, jnp.where(leaves, -along, 0))
    return Face(
        active=jnp.where(here, enters | (face.active & ~leaves), face.active),
        inverse=jnp.where(
            here[:, None] & leaves, 0, face.inverse + share[:, None] * direction[None, :]
        ),
        projector=face.projector + jnp.where(enters, -outer, outer),
    )
