"""Methods for many small least squares problems over a set of unit size, for `solvers.py` to time."""

import dataclasses
from collections.abc import Callable

import cvxpy
import jax.numpy as jnp
import numpy as np
import qpax  # pyright: ignore[reportMissingImports]
import scipy.optimize
from jax import Array, lax
from optax import projections

from w2sjax.projecting import solvers

LIMIT = 20_000  # iterations of a first-order method
OURS = {
    "box": lambda factor, response: solvers.box(factor, response, -1.0, 1.0, max_steps=500),
    "orthant": lambda factor, response: solvers.box(factor, response, 0.0, jnp.inf, max_steps=500),
    "simplex": lambda factor, response: solvers.simplex(factor, response, 1.0, max_steps=500),
    "l1_ball": lambda factor, response: solvers.l1_ball(factor, response, 1.0, max_steps=500),
}


PROJECT: dict[str, Callable[[Array], Array]] = {
    "box": lambda point: jnp.clip(point, -1, 1),
    "orthant": projections.projection_non_negative,
    "simplex": projections.projection_simplex,
    "l1_ball": projections.projection_l1_ball,
}


@dataclasses.dataclass(frozen=True)
class Config:
    """One batch of problems."""

    batch: int = 1000
    rows: int = 200
    size: int = 16
    condition: float = 1.0
    tolerance: float = 1e-10
    repeats: int = 10
    sample: int = 20


def triangle(features: Array, target: Array) -> tuple[Array, Array]:
    """Reduce features and target to a triangular factor and its response."""
    joined = jnp.concatenate([features, target[:, None]], axis=1)
    reduced = jnp.linalg.qr(joined, mode="r")
    size = features.shape[1]
    return reduced[:size, :size], reduced[:size, size]


def cholesky(features: Array, target: Array) -> tuple[Array, Array]:
    """Reduce to a factor of the Gram matrix, at the price of squaring the condition number."""
    lower = lax.linalg.cholesky(features.T @ features, symmetrize_input=False)
    moment = (target @ features)[:, None]
    response = lax.linalg.triangular_solve(lower, moment, left_side=True, lower=True)
    return lower.T, response[:, 0]


def support(name: str, slope: Array, radius: Array) -> Array:
    """Return the support function; of the orthant, of its part in a ball of the given radius."""
    if name == "box":
        return jnp.sum(jnp.abs(slope))
    if name == "orthant":
        return radius * jnp.linalg.norm(jnp.maximum(slope, 0))
    return jnp.max(slope if name == "simplex" else jnp.abs(slope))


def relative_gap(name: str, factor: Array, response: Array, radius: Array, point: Array) -> Array:
    """Return the Frank-Wolfe gap over the squared length of the response."""
    slope = (response - factor @ point) @ factor
    return (support(name, slope, radius) - slope @ point) / (response @ response)


def active_set(name: str, config: Config, *problem: Array, reduce: Callable = triangle) -> Array:
    """Solve by this library's method."""
    features, target, _ = problem
    return OURS[name](*reduce(features, target)).coefficients


def accelerated_gradient(name: str, config: Config, *problem: Array) -> Array:
    """Solve by projected gradient with momentum, restarted when the objective rises."""
    features, target, radius = problem
    factor, response = triangle(features, target)
    step = 1 / jnp.linalg.norm(factor, ord=2) ** 2

    def iterate(_: int, state: tuple) -> tuple:
        point, ahead, weight = state
        new = PROJECT[name](ahead + step * ((response - factor @ ahead) @ factor))
        rises = (ahead - new) @ (new - point) > 0
        grown = jnp.where(rises, 1.0, (1 + jnp.sqrt(1 + 4 * weight**2)) / 2)
        momentum = jnp.where(rises, 0.0, (weight - 1) / grown)
        return new, new + momentum * (new - point), grown

    return _until_gap(name, config, (factor, response, radius), iterate, 1.0)


def operator_splitting(name: str, config: Config, *problem: Array) -> Array:
    """Solve by ADMM with one inverse formed once, and its penalty fixed by the spectrum."""
    features, target, radius = problem
    factor, response = triangle(features, target)
    values = jnp.linalg.svd(factor, compute_uv=False)
    penalty = values[0] * values[-1]
    inverse = jnp.linalg.inv(factor.T @ factor + penalty * jnp.eye(config.size))
    correlation = response @ factor

    def iterate(_: int, state: tuple) -> tuple:
        copy, dual, unused = state
        free = inverse @ (correlation + penalty * (copy - dual))
        relaxed = 1.6 * free - 0.6 * copy
        new = PROJECT[name](relaxed + dual)
        return new, dual + relaxed - new, unused

    return _until_gap(name, config, (factor, response, radius), iterate, 0.0)


def _until_gap(
    name: str, config: Config, case: tuple[Array, Array, Array], iterate: Callable, last: float
) -> Array:
    """Iterate on (point, companion, number) until the gap of the point is small."""

    def unfinished(state: tuple) -> Array:
        count, (point, *_) = state
        return (relative_gap(name, *case, point) > config.tolerance) & (count < LIMIT)

    def some(state: tuple) -> tuple:
        count, inner = state
        return count + 50, lax.fori_loop(0, 50, iterate, inner)

    start = PROJECT[name](jnp.zeros(config.size))
    companion = start if last else jnp.zeros(config.size)
    state = (jnp.asarray(0), (start, companion, jnp.asarray(last)))
    return lax.while_loop(unfinished, some, state)[1][0]


def interior_point(name: str, config: Config, *problem: Array) -> Array:
    """Solve by qpax; the l1 ball is split into positive and negative parts."""
    features, target, _ = problem
    size = config.size
    signs = jnp.array([1.0, -1.0]) if name == "l1_ball" else jnp.ones(1)
    width = size * signs.size
    rows, bounds = -jnp.eye(width), jnp.zeros(width)
    equality, level = jnp.zeros((0, width)), jnp.zeros(0)
    if name == "box":
        rows, bounds = jnp.concatenate([jnp.eye(size), rows]), jnp.ones(2 * size)
    if name == "simplex":
        equality, level = jnp.ones((1, size)), jnp.ones(1)
    if name == "l1_ball":
        rows, bounds = jnp.concatenate([rows, jnp.ones((1, width))]), jnp.append(bounds, 1)
    gram = jnp.kron(jnp.outer(signs, signs), features.T @ features)
    slope = jnp.kron(signs, target @ features)
    constraints = (equality, level, rows, bounds)
    out = qpax.solve_qp(gram, -slope, *constraints, solver_tol=config.tolerance)
    return signs @ out[0].reshape(signs.size, size)


def clarabel(name: str, config: Config) -> Callable:
    """Return cvxpy with Clarabel, compiled once, the factor and response as parameters."""
    size = config.size
    theta = cvxpy.Variable(size)
    factor, response = cvxpy.Parameter((size, size)), cvxpy.Parameter(size)
    constraints = {
        "box": [cvxpy.abs(theta) <= 1],
        "orthant": [theta >= 0],
        "simplex": [theta >= 0, cvxpy.sum(theta) == 1],
        "l1_ball": [cvxpy.norm1(theta) <= 1],
    }
    problem = cvxpy.Problem(
        cvxpy.Minimize(cvxpy.sum_squares(factor @ theta - response)), constraints[name]
    )

    def solve(features: np.ndarray, target: np.ndarray) -> np.ndarray:
        reduced = np.asarray(np.linalg.qr(np.column_stack([features, target]), mode="r"))
        factor.value, response.value = reduced[:size, :size], reduced[:size, size]
        tolerances = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), config.tolerance)
        problem.solve(solver=cvxpy.CLARABEL, **tolerances)
        return np.asarray(theta.value)

    return solve


def scipy_loop(name: str, config: Config) -> Callable | None:
    """Return scipy's own solver of one problem, where it has one."""
    if name == "orthant":
        return lambda matrix, target: scipy.optimize.nnls(matrix, target)[0]
    if name == "box":
        ends = (-1, 1)
        return lambda matrix, target: scipy.optimize.lsq_linear(matrix, target, ends, tol=1e-12).x
    return None
