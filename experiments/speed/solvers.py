"""Which method for many small least squares problems over a set: the measurement behind the choice.

Every method gets the same features and targets, forms what it needs from them, and is timed to the
same relative Frank-Wolfe gap; its worst gap over the batch is reported next to its time, the
fastest of several runs. First-order methods stop at a limit of iterations. The gap is that of the
factor from a QR factorisation. This library's method is timed twice: from the Gram matrix, as qpax,
whose gap shows whether that was accurate enough, and from the QR factorisation.

Run `python -m experiments.speed.solvers`.
"""

import argparse
import dataclasses
import functools
import time
from collections.abc import Callable

import cvxpy
import jax
import jax.numpy as jnp
import numpy as np
import qpax  # pyright: ignore[reportMissingImports]
import scipy.optimize
from jax import lax
from rich.console import Console
from rich.table import Table

from w2sjax import solvers

SETS = ("box", "orthant", "simplex", "l1_ball")
LIMIT = 20_000  # iterations of a first-order method


@dataclasses.dataclass(frozen=True)
class Config:
    """One batch of problems."""

    batch: int = 1000
    rows: int = 200
    size: int = 16
    condition: float = 1.0
    size_of_set: float = 1.0
    tolerance: float = 1e-10
    repeats: int = 10
    sample: int = 20
    seed: int = 0


def draw(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """Draw features (white noise, or rotated to the condition number asked for) and targets."""
    random = np.random.default_rng(config.seed)
    features = random.standard_normal((config.batch, config.rows, config.size))
    if config.condition > 1:
        left = np.linalg.qr(features)[0] * np.sqrt(config.rows)
        square = random.standard_normal((config.batch, config.size, config.size))
        spectrum = np.geomspace(1, 1 / config.condition, config.size)
        features = (left * spectrum) @ np.linalg.qr(square)[0]
    truth = random.standard_normal((config.batch, config.size, 1))
    noise = random.standard_normal((config.batch, config.rows))
    return features, (features @ truth)[..., 0] + noise


def triangle(features: jax.Array, target: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Reduce features and target to a triangular factor and its response."""
    joined = jnp.concatenate([features, target[:, None]], axis=1)
    reduced = jnp.linalg.qr(joined, mode="r")
    size = features.shape[1]
    return reduced[:size, :size], reduced[:size, size]


def cholesky(features: jax.Array, target: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Reduce to a factor of the Gram matrix, at the price of squaring the condition number."""
    lower = lax.linalg.cholesky(features.T @ features, symmetrize_input=False)
    moment = (target @ features)[:, None]
    response = lax.linalg.triangular_solve(lower, moment, left_side=True, lower=True)
    return lower.T, response[:, 0]


def support(name: str, scale: float, slope: jax.Array, radius: jax.Array) -> jax.Array:
    """Return the support function; of the orthant, of its part in a ball of the given radius."""
    if name == "box":
        return scale * jnp.sum(jnp.abs(slope))
    if name == "orthant":
        return radius * jnp.linalg.norm(jnp.maximum(slope, 0))
    if name == "simplex":
        return scale * jnp.max(slope)
    return scale * jnp.max(jnp.abs(slope))


def relative_gap(
    name: str,
    scale: float,
    factor: jax.Array,
    response: jax.Array,
    radius: jax.Array,
    point: jax.Array,
) -> jax.Array:
    """Return the Frank-Wolfe gap over the squared length of the response."""
    slope = (response - factor @ point) @ factor
    return (support(name, scale, slope, radius) - slope @ point) / (response @ response)


def project(name: str, scale: float, point: jax.Array) -> jax.Array:
    """Project on the set."""
    if name == "box":
        return jnp.clip(point, -scale, scale)
    if name == "orthant":
        return jnp.maximum(point, 0)
    top = jnp.sort(point if name == "simplex" else jnp.abs(point), descending=True)
    counts = jnp.arange(1, point.shape[0] + 1).astype(point.dtype)
    threshold = jnp.max((jnp.cumsum(top) - scale) / counts)
    if name == "simplex":
        return jnp.maximum(point - threshold, 0)
    shrunk = jnp.maximum(jnp.abs(point) - jnp.maximum(threshold, 0), 0)
    return jnp.sign(point) * shrunk


def active_set(name: str, config: Config, reduce: Callable = triangle) -> Callable:
    """Return this library's method."""

    def solve(features: jax.Array, target: jax.Array, _: jax.Array) -> jax.Array:
        factor, response = reduce(features, target)
        scale = config.size_of_set
        if name == "box":
            found = solvers.box(factor, response, -scale, scale, max_steps=500)
        elif name == "orthant":
            found = solvers.box(factor, response, 0.0, jnp.inf, max_steps=500)
        elif name == "simplex":
            found = solvers.simplex(factor, response, scale, max_steps=500)
        else:
            found = solvers.l1_ball(factor, response, scale, max_steps=500)
        return found.coefficients

    return solve


def accelerated_gradient(name: str, config: Config) -> Callable:
    """Return projected gradient with momentum, restarted when the objective rises."""

    def solve(features: jax.Array, target: jax.Array, radius: jax.Array) -> jax.Array:
        factor, response = triangle(features, target)
        step = 1 / jnp.linalg.norm(factor, ord=2) ** 2

        def iterate(_: int, state: tuple) -> tuple:
            point, ahead, weight = state
            new = project(
                name, config.size_of_set, ahead + step * ((response - factor @ ahead) @ factor)
            )
            rises = (ahead - new) @ (new - point) > 0
            grown = jnp.where(rises, 1.0, (1 + jnp.sqrt(1 + 4 * weight**2)) / 2)
            momentum = jnp.where(rises, 0.0, (weight - 1) / grown)
            return new, new + momentum * (new - point), grown

        return _until_gap(name, config, (factor, response, radius), iterate, 1.0)

    return solve


def operator_splitting(name: str, config: Config) -> Callable:
    """Return ADMM with one inverse formed once, and its penalty fixed by the spectrum."""

    def solve(features: jax.Array, target: jax.Array, radius: jax.Array) -> jax.Array:
        factor, response = triangle(features, target)
        values = jnp.linalg.svd(factor, compute_uv=False)
        penalty = values[0] * values[-1]
        inverse = jnp.linalg.inv(factor.T @ factor + penalty * jnp.eye(config.size))
        correlation = response @ factor

        def iterate(_: int, state: tuple) -> tuple:
            copy, dual, unused = state
            free = inverse @ (correlation + penalty * (copy - dual))
            relaxed = 1.6 * free - 0.6 * copy
            new = project(name, config.size_of_set, relaxed + dual)
            return new, dual + relaxed - new, unused

        return _until_gap(name, config, (factor, response, radius), iterate, 0.0)

    return solve


def _until_gap(
    name: str,
    config: Config,
    case: tuple[jax.Array, jax.Array, jax.Array],
    iterate: Callable,
    last: float,
) -> jax.Array:
    """Iterate on (point, companion, number) until the gap of the point is small."""

    def unfinished(state: tuple) -> jax.Array:
        count, (point, *_) = state
        gap = relative_gap(name, config.size_of_set, *case, point)
        return (gap > config.tolerance) & (count < LIMIT)

    def some(state: tuple) -> tuple:
        count, inner = state
        return count + 50, lax.fori_loop(0, 50, iterate, inner)

    start = project(name, config.size_of_set, jnp.zeros(config.size))
    companion = start if last else jnp.zeros(config.size)
    state = (jnp.asarray(0), (start, companion, jnp.asarray(last)))
    return lax.while_loop(unfinished, some, state)[1][0]


def interior_point(name: str, config: Config) -> Callable:
    """Return qpax; the l1 ball is split into positive and negative parts."""
    size, scale = config.size, config.size_of_set
    eye, none = jnp.eye(size), jnp.zeros((0, size))

    def solve(features: jax.Array, target: jax.Array, _: jax.Array) -> jax.Array:
        gram, slope = features.T @ features, target @ features
        constraints = {
            "box": (none, jnp.zeros(0), jnp.concatenate([eye, -eye]), jnp.full(2 * size, scale)),
            "orthant": (none, jnp.zeros(0), -eye, jnp.zeros(size)),
            "simplex": (jnp.ones((1, size)), jnp.full(1, scale), -eye, jnp.zeros(size)),
        }
        if name in constraints:
            out = qpax.solve_qp(gram, -slope, *constraints[name], solver_tol=config.tolerance)
            return out[0]
        both = jnp.concatenate([-jnp.eye(2 * size), jnp.ones((1, 2 * size))])
        bound = jnp.concatenate([jnp.zeros(2 * size), jnp.full(1, scale)])
        none_of_both = jnp.zeros((0, 2 * size))
        out = qpax.solve_qp(
            jnp.block([[gram, -gram], [-gram, gram]]),
            jnp.concatenate([-slope, slope]),
            none_of_both,
            jnp.zeros(0),
            both,
            bound,
            solver_tol=config.tolerance,
        )
        return out[0][:size] - out[0][size:]

    return solve


def clarabel(name: str, config: Config) -> Callable:
    """Return cvxpy with Clarabel, compiled once, the factor and response as parameters."""
    size, scale = config.size, config.size_of_set
    theta = cvxpy.Variable(size)
    factor, response = cvxpy.Parameter((size, size)), cvxpy.Parameter(size)
    constraints = {
        "box": [cvxpy.abs(theta) <= scale],
        "orthant": [theta >= 0],
        "simplex": [theta >= 0, cvxpy.sum(theta) == scale],
        "l1_ball": [cvxpy.norm1(theta) <= scale],
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
        return lambda features, target: scipy.optimize.nnls(features, target)[0]
    if name == "box":
        bounds = (-config.size_of_set, config.size_of_set)
        return lambda features, target: (
            scipy.optimize.lsq_linear(features, target, bounds, tol=1e-12).x
        )
    return None


def fastest(call: Callable, repeats: int) -> tuple[float, np.ndarray]:
    """Return the least seconds that a call took, after one to compile, and its result."""
    answer = jax.block_until_ready(call())
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        jax.block_until_ready(call())
        seconds.append(time.perf_counter() - begun)
    return min(seconds), np.asarray(answer)


def compare(name: str, config: Config) -> list[tuple[str, float, float]]:
    """Return for each method its name, microseconds a problem and worst relative gap."""
    features, target = draw(config)
    device = jax.device_put((features, target, np.zeros(config.batch)))
    reference = jax.jit(jax.vmap(active_set(name, config)))(*device)
    radius = 2 * jnp.linalg.norm(reference, axis=1)
    device = (*device[:2], radius)
    reduced = (*jax.jit(jax.vmap(triangle))(*device[:2]), radius)
    gaps = jax.jit(jax.vmap(lambda *case: relative_gap(name, config.size_of_set, *case)))
    rows = []
    batched = {
        "active set (w2sjax), Gram": functools.partial(active_set, reduce=cholesky),
        "active set (w2sjax), QR": active_set,
        "qpax": interior_point,
        "accelerated gradient": accelerated_gradient,
        "operator splitting": operator_splitting,
    }
    for label, method in batched.items():
        call = jax.jit(jax.vmap(method(name, config)))
        repeats = 2 if method in (accelerated_gradient, operator_splitting) else config.repeats
        seconds, points = fastest(lambda call=call: call(*device), repeats)
        rows.append((label, 1e6 * seconds / config.batch, float(jnp.max(gaps(*reduced, points)))))
    looped = {"scipy": (scipy_loop, config.batch), "cvxpy, Clarabel": (clarabel, config.sample)}
    for label, (method, count) in looped.items():
        solve = method(name, config)
        if solve is None:
            continue
        few = (features[:count], target[:count])

        def call(solve: Callable = solve, few: tuple = few) -> np.ndarray:
            return np.stack([solve(*case) for case in zip(*few, strict=True)])

        seconds, points = fastest(call, 2)
        gap = jnp.max(gaps(*(part[:count] for part in reduced), points))
        rows.append((label, 1e6 * seconds / count, float(gap)))
    return rows


def main() -> None:
    """Print the comparison for each set and condition number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--size", type=int, default=16)
    arguments = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    table = Table("set", "condition", "method", "µs a problem", "worst gap", "times slower")
    for condition in (1.0, 1e4):
        for name in SETS:
            config = Config(batch=arguments.batch, size=arguments.size, condition=condition)
            rows = compare(name, config)
            for label, micros, gap in rows:
                ratio = f"{micros / rows[0][1]:.1f}"
                table.add_row(name, f"{condition:g}", label, f"{micros:.1f}", f"{gap:.0e}", ratio)
            table.add_section()
    Console().print(table)


if __name__ == "__main__":
    main()
