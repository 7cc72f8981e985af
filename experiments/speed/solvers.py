"""Which method for many small least squares problems over a set: the measurement behind the choice.

Every method gets the same features and targets, forms what it needs from them, and is timed to the
same relative Frank-Wolfe gap; its worst gap over the batch is reported next to its time, the
fastest of several runs. First-order methods stop at a limit of iterations. The gap is that of the
factor from a QR factorisation. This library's method is timed twice: from the Gram matrix, as qpax,
whose gap shows whether that was accurate enough, and from the QR factorisation.

Run `python -m experiments.speed.solvers`.
"""

import argparse
import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from experiments._run import Table, table_of
from experiments.speed import _solver_methods as methods
from experiments.speed._solver_methods import Config
from experiments.speed._timing import benchmark, fastest

COLUMNS = ("set", "condition", "method", "µs a problem", "worst gap", "times slower")


def draw(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """Draw features (white noise, or rotated to the condition number asked for) and targets."""
    random = np.random.default_rng(0)
    features = random.standard_normal((config.batch, config.rows, config.size))
    if config.condition > 1:
        left = np.linalg.qr(features)[0] * np.sqrt(config.rows)
        square = random.standard_normal((config.batch, config.size, config.size))
        spectrum = np.geomspace(1, 1 / config.condition, config.size)
        features = (left * spectrum) @ np.linalg.qr(square)[0]
    truth = random.standard_normal((config.batch, config.size, 1))
    noise = random.standard_normal((config.batch, config.rows))
    return features, (features @ truth)[..., 0] + noise


def compare(name: str, config: Config) -> list[tuple[str, float, float]]:
    """Return for each method its name, microseconds a problem and worst relative gap."""
    features, target = draw(config)
    device = jax.device_put((features, target, np.zeros(config.batch)))
    reference = jax.jit(jax.vmap(functools.partial(methods.active_set, name, config)))(*device)
    radius = 2 * jnp.linalg.norm(reference, axis=1)
    device = (*device[:2], radius)
    reduced = (*jax.jit(jax.vmap(methods.triangle))(*device[:2]), radius)
    gaps = jax.jit(jax.vmap(lambda *case: methods.relative_gap(name, *case)))
    rows = []

    def measure(label: str, call: Callable, count: int, repeats: int) -> None:
        gap = jnp.max(gaps(*(part[:count] for part in reduced), call()))
        rows.append((label, 1e6 * fastest(call, repeats) / count, float(gap)))

    few = 2  # repetitions of what is slow
    batched = {
        "active set (w2sjax), Gram": (
            functools.partial(methods.active_set, reduce=methods.cholesky),
            config.repeats,
        ),
        "active set (w2sjax), QR": (methods.active_set, config.repeats),
        "qpax": (methods.interior_point, config.repeats),
        "accelerated gradient": (methods.accelerated_gradient, few),
        "operator splitting": (methods.operator_splitting, few),
    }
    for label, (method, repeats) in batched.items():
        call = jax.jit(jax.vmap(functools.partial(method, name, config)))
        measure(label, functools.partial(call, *device), config.batch, repeats)
    looped = {
        "scipy": (methods.scipy_loop, config.batch),
        "cvxpy, Clarabel": (methods.clarabel, config.sample),
    }
    for label, (method, count) in looped.items():
        solve = method(name, config)
        if solve is not None:
            call = functools.partial(_each, solve, features[:count], target[:count])
            measure(label, call, count, few)
    return rows


def _each(solve: Callable, features: np.ndarray, target: np.ndarray) -> np.ndarray:
    return np.stack([solve(*case) for case in zip(features, target, strict=True)])


@benchmark(batch=1000, size=16)
def main(given: argparse.Namespace) -> tuple[Table]:
    """Compare the methods for each set and condition number."""
    table = table_of(None, COLUMNS, (), left=COLUMNS[:3])
    for condition in (1.0, 1e4):
        for name in methods.OURS:
            rows = compare(name, Config(batch=given.batch, size=given.size, condition=condition))
            for label, micros, gap in rows:
                ratio = f"{micros / rows[0][1]:.1f}"
                table.add_row(name, f"{condition:g}", label, f"{micros:.1f}", f"{gap:.0e}", ratio)
            table.add_section()
    return (table,)


if __name__ == "__main__":
    raise SystemExit(main())
