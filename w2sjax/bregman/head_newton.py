r"""Newton's method for softmax-linear heads, penalised, free, or within a norm bound.

Along $\Delta$ third derivatives are at most $R = \max_i (\max_k - \min_k)(\Delta^\top h_i)_k$ times second
ones (third central moments and variances), so that the step $\log(1 - R\varphi'/\varphi'')/R$ never
overshoots, and the loss always falls.
"""

import functools

import jax
import jax.numpy as jnp
from jax.scipy.linalg import cho_solve
from jaxtyping import Array, Bool, Float, Int

from w2sjax.arithmetic.rounding import gamma, unit
from w2sjax.bregman.head_points import Points, product

LINE_STEPS = 3
BOUND_STEPS = 40  # penalties tried for a norm bound


def minimise(
    points: Points, start: Float[Array, "r k"], penalty: Float[Array, ""], *, max_steps: int
) -> tuple[Float[Array, "r k"], Int[Array, ""], Bool[Array, ""]]:
    """Newton's method; gives the point, its steps, and whether its scores separate hard labels."""
    dtype, shape = start.dtype, start.shape
    floor = (2 * unit(dtype)) ** 1.5

    def unfinished(state):
        _, square, steps, apart = state
        return (square > floor) & (steps < max_steps) & ~apart

    def step(state):
        point, _, steps, _ = state
        scores = points.scores(point)
        chances = jax.nn.softmax(scores, axis=1)
        slope = points.gradient(point, chances, penalty)
        move = _newton(points.hessian(chances, penalty), slope.ravel()).reshape(shape)
        square = -jnp.sum(move * slope)
        length = _line(points, point, scores, move, penalty)
        moved = point + length * move
        apart = (penalty == 0) & separates(points, moved)
        return moved, jnp.where(jnp.isnan(square), 0, square), steps + 1, apart

    infinite = jnp.full((), jnp.inf, dtype)
    state = start, infinite, jnp.zeros((), jnp.int32), jnp.zeros((), bool)
    point, _, steps, apart = jax.lax.while_loop(unfinished, step, state)
    return point, steps, apart


def _newton(hessian, slope):
    """Newton's step, the Hessian's diagonal scaled to 1."""
    scale = jax.lax.rsqrt(jnp.maximum(jnp.diag(hessian), jnp.finfo(slope.dtype).tiny))
    lower = jnp.linalg.cholesky(hessian * scale[:, None] * scale[None, :])
    move = -scale * cho_solve((lower, True), scale * slope)
    return jnp.where(jnp.all(jnp.isfinite(move)), move, -slope)


def _line(points: Points, point, scores, move, penalty):
    """How far to go along a move."""
    moved, ridge = points.scores(move), points.ridge(penalty)[:, None]
    spread = jnp.max(moved, axis=1) - jnp.min(moved, axis=1)
    largest = jnp.max(jnp.where(points.weights > 0, spread, 0))
    length = jnp.zeros((), scores.dtype)
    for _ in range(LINE_STEPS):
        chances = jax.nn.softmax(scores + length * moved, axis=1)
        mean = jnp.sum(chances * moved, axis=1)
        first = jnp.sum(points.weights[:, None] * (chances - points.labels) * moved)
        first += jnp.sum(ridge * (point + length * move) * move)
        bend = jnp.sum(points.weights[:, None] * chances * (moved - mean[:, None]) ** 2)
        bend += jnp.sum(ridge * move**2)
        newton = jnp.maximum(-first, 0) / jnp.where(bend > 0, bend, 1)
        damped = jnp.log1p(largest * newton) / jnp.where(largest > 0, largest, 1)
        length += jnp.where(largest > 0, damped, newton)
    return length


def separates(points: Points, point: Float[Array, "r k"]) -> Bool[Array, ""]:
    """Whether all labels are hard, and each has the largest score by more than rounding."""
    scores = points.scores(point)
    own = jnp.sum(points.labels * scores, axis=1)
    rest = jnp.max(jnp.where(points.labels > 0, -jnp.inf, scores), axis=1)
    hard = jnp.max(points.labels, axis=1) == 1
    size = jnp.sqrt(jnp.sum(point**2))
    lengths = jnp.sqrt(jnp.sum(points.features**2, axis=1))
    blur = gamma(sum(point.shape) + 8, point.dtype) * lengths + points.wrong
    return jnp.all((points.weights == 0) | (hard & (own - rest > 4 * blur * size)))


def within(
    points: Points, bound: float, *, max_steps: int
) -> tuple[Float[Array, "r k"], Float[Array, ""], Int[Array, ""]]:
    r"""Minimise where coefficients are no longer than the bound; gives point, penalty and steps.

    With the best intercept and no coefficients let G be the gradient. It is monotone, so that
    $\lambda\|\Theta_\lambda\| \le \|G\|$: no penalty above $\|G\|/R$ is needed. Inside, Newton's method for
    $1/\|\Theta_\lambda\| = 1/R$ (Hebden 1973), which bisection keeps in its bracket.
    """
    dtype = points.features.dtype
    solve = functools.partial(minimise, points, max_steps=max_steps)
    start = jnp.zeros((len(points.kept), points.contrasts.shape[1]), dtype)
    point, steps, apart = solve(start, jnp.zeros((), dtype))
    inside = ~apart & jnp.all(jnp.isfinite(point)) & (points.length(point) <= bound)
    mean = product(points.weights, points.labels)
    free = (points.held == 0) & (points.kept > 0)
    mean = jnp.where(free[-1], mean, 1 / len(mean))
    pull = points.gradient(start, jnp.broadcast_to(mean, points.labels.shape), jnp.zeros((), dtype))
    inverse = jnp.where(points.held > 0, 1 / jnp.where(points.held > 0, points.held, 1), 0)
    high = jnp.sqrt(jnp.sum(inverse[:, None] * pull**2)) / bound
    close = 8 * unit(dtype)

    def unfinished(state):
        point, _, _, _, _, tries = state
        off = jnp.abs(points.length(point) / bound - 1)
        return ~inside & (tries < BOUND_STEPS) & ((tries == 0) | (off > close))

    def search(state):
        point, penalty, low, high, steps, tries = state
        point, taken, _ = solve(point, penalty)
        length = points.length(point)
        low, high = (
            jnp.where(length > bound, penalty, low),
            jnp.where(length > bound, high, penalty),
        )
        held = (points.held[:, None] * point).ravel()
        hessian = points.hessian(jax.nn.softmax(points.scores(point), axis=1), penalty)
        fall = jnp.sum(-held * _newton(hessian, held))
        guess = penalty + (length / bound - 1) * length**2 / fall
        middle = jnp.where(low > 0, jnp.sqrt(low * high), high / 16)
        penalty = jnp.where((guess > low) & (guess < high), guess, middle)
        return point, penalty, low, high, steps + taken, tries + 1

    zero = jnp.zeros((), dtype)
    first = (
        jnp.where(inside, point, start),
        high / 16,
        zero,
        high,
        steps,
        jnp.zeros((), jnp.int32),
    )
    point, penalty, _, _, steps, _ = jax.lax.while_loop(unfinished, search, first)
    length = points.length(point)
    shrink = jnp.where(length > bound, bound / length, 1)
    point = jnp.where(free[:, None], point, point * shrink)
    return point, jnp.where(inside, 0, penalty), steps
