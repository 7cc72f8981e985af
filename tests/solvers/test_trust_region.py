"""The largest value of a quadratic over a ball: against a search, in the hard case, and its bracket."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from w2sjax.projecting.solvers.trust_region import maximise

KINDS = ("indefinite", "definite", "negative", "hard", "linear", "zero")


def problem(kind, seed, size=4):
    """A random quadratic of a kind, and a radius."""
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.normal(size=(size, size)))
    values = np.sort(rng.normal(size=size))[::-1]
    linear = rng.normal(size=size)
    match kind:
        case "definite":
            values = np.abs(values)
        case "negative":  # the maximiser may be inside
            values, linear = -np.abs(values) - 0.1, 0.1 * linear
        case "hard":  # nothing along the first eigenvectors, which are two
            values[1] = values[0] = max(values[0], 1.0)
            linear = basis[:, 2:] @ linear[2:] * 0.1
        case "linear":
            values = 0 * values
        case "zero":
            values, linear = 0 * values, 0 * linear
    return basis * values @ basis.T, linear, rng.normal(), 10 ** rng.uniform(-2, 1)


def value(matrix, linear, constant, point):
    return point @ matrix @ point + 2 * linear @ point + constant


def searched(matrix, linear, constant, radius):
    """The best of many local searches over the ball, as a map of all of space into it."""
    rng = np.random.default_rng(0)

    def point(free):
        return radius * free / np.sqrt(1 + free @ free)

    def loss(free):
        return -value(matrix, linear, constant, point(free))

    starts = 10 ** rng.uniform(-1, 2, (24, 1)) * rng.normal(size=(24, linear.size))
    return -min(minimize(loss, start, tol=1e-14).fun for start in starts)


solve = jax.jit(maximise, static_argnames="max_steps")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_the_maximum_is_found_and_bracketed(kind, seed):
    given = problem(kind, seed)
    found = solve(*map(jnp.asarray, given))
    best, radius = searched(*given), given[3]
    scale = abs(best) + np.abs(given[0]).max() * radius**2 + np.abs(given[1]).max() * radius
    assert np.linalg.norm(found.point) <= radius
    assert found.lower <= value(*given[:3], np.asarray(found.point)) <= found.upper
    assert best <= found.upper + 1e-13 * scale
    assert found.lower >= best - 1e-5 * scale
    assert found.upper - found.lower <= 1e-9 * scale
    assert found.steps < 100


def test_few_steps_are_a_wide_bracket_and_no_lie():
    given = problem("indefinite", 7)
    rough, fine = (solve(*map(jnp.asarray, given), max_steps=steps) for steps in (1, 100))
    assert rough.lower <= fine.upper and fine.lower <= rough.upper
    assert rough.upper - rough.lower >= fine.upper - fine.lower


def test_a_batch_is_its_members():
    problems = [problem("indefinite", seed) for seed in range(5)]
    together = jax.vmap(maximise)(
        *(jnp.stack(list(map(jnp.asarray, part))) for part in zip(*problems, strict=True))
    )
    for index, given in enumerate(problems):
        alone = solve(*map(jnp.asarray, given))
        assert together.upper[index] == pytest.approx(float(alone.upper), rel=1e-12)
