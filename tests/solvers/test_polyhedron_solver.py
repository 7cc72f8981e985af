"""The polyhedron: its point, its multipliers and the certificate they give."""

import cvxpy
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.projecting.solvers import polyhedron

BATCH, SIZE = 32, 6
SHAPES = ((0, 0), (0, 2), (17, 0), (8, 2))


def draw(shape, case="white", seed=0):
    random = np.random.default_rng(seed)
    factor = np.asarray(np.linalg.qr(random.standard_normal((BATCH, 40, SIZE)), mode="r"))
    response = random.standard_normal((BATCH, SIZE)) * 5
    if case == "correlated":
        left, _, right = np.linalg.svd(factor)
        factor = 5 * (left * np.geomspace(1, 1e-4, SIZE)) @ right
    if case == "singular":
        factor[:, 4:] = 0
        response[:, 4:] = 0
    if case == "duplicates":
        factor[..., 3] = factor[..., 2]
        factor[..., 5] = 0
    inequalities, equalities = shape
    inside = 0.3 * random.standard_normal((BATCH, SIZE, 1))
    a = random.standard_normal((BATCH, inequalities, SIZE))
    e = random.standard_normal((BATCH, equalities, SIZE))
    slack = random.uniform(0, 1, (BATCH, inequalities))
    return factor, response, a, (a @ inside)[..., 0] + slack, e, (e @ inside)[..., 0]


def certificate(factor, response, a, b, e, f, found):
    """Return the relative gap over a ball of twice the length, and the worst violation."""
    theta = np.asarray(found.coefficients)
    inequality_dual, equality_dual = map(np.asarray, found.dual)
    assert np.all(inequality_dual >= 0)
    fitted = np.einsum("bij,bj->bi", factor, theta)
    slope = np.einsum("bij,bi->bj", factor, response - fitted)
    rest = slope - np.einsum("bmd,bm->bd", a, inequality_dual)
    rest = rest - np.einsum("bkd,bk->bd", e, equality_dual)
    gap = np.sum(b * inequality_dual, 1) + np.sum(f * equality_dual, 1) - np.sum(slope * theta, 1)
    gap = gap + 2 * np.linalg.norm(theta, axis=1) * np.linalg.norm(rest, axis=1)
    size = np.sum(response**2, 1) + np.sum(fitted**2, 1)
    above = np.max(np.einsum("bmd,bd->bm", a, theta) - b, initial=0)
    off = np.max(np.abs(np.einsum("bkd,bd->bk", e, theta) - f), initial=0)
    return np.max(gap / np.maximum(size, 1e-300)), max(above, off) / (1 + np.abs(theta).max())


solve = jax.jit(jax.vmap(lambda *one: polyhedron(*one, max_steps=300)))


@pytest.mark.parametrize("shape", SHAPES)
def test_certified_on_white_noise(shape):
    for seed in range(5):
        data = draw(shape, seed=seed)
        found = solve(*data)
        gap, violation = certificate(*data, found)
        assert gap <= 1e-12 and violation <= 1e-13
        assert np.max(found.steps) <= 12 + 4 * SIZE


@pytest.mark.parametrize("case", ("correlated", "duplicates", "singular"))
def test_certified_on_bad_factors(case):
    for seed, shape in enumerate(SHAPES[1:]):
        data = draw(shape, case, seed)
        gap, violation = certificate(*data, solve(*data))
        assert gap <= 1e-8 and violation <= 1e-9, shape


def test_redundant_constraints():
    factor, response, a, b, e, f = draw((4, 1))
    twice = (np.tile(a, (1, 2, 1)), np.tile(b, 2), np.tile(e, (1, 2, 1)), np.tile(f, 2))
    data = (factor, response, *twice)
    gap, violation = certificate(*data, solve(*data))
    assert gap <= 1e-12 and violation <= 1e-13


@pytest.mark.parametrize("shape", ((17, 0), (8, 2)))
def test_repeated_and_zero_columns(shape):
    """Columns of zeros are zero exactly; elsewhere a decomposition has rounding."""
    for seed in range(6):
        random = np.random.default_rng(seed)
        white = np.concatenate(
            [random.standard_normal((BATCH, 40, SIZE)), np.zeros((BATCH, 40, 1))], axis=-1
        )
        chosen = random.integers(0, SIZE + 1, (BATCH, 1, SIZE))
        features = 10.0 ** random.uniform(-6, 6, (BATCH, 1, 1)) * np.take_along_axis(
            white, chosen, axis=-1
        )
        # A column of zeros, so that each problem is singular.
        features[..., 0] = 0
        _, singular, right = np.linalg.svd(features, full_matrices=False)
        zero = ~np.any(features, axis=-2, keepdims=True)
        factor = np.where(zero, 0, singular[..., None] * right)
        _, _, *constraints = draw(shape, seed=seed)
        response = np.einsum("bij,bj->bi", factor, 3 * random.standard_normal((BATCH, SIZE)))
        response = response + 0.1 * singular * random.standard_normal((BATCH, SIZE))
        found = solve(factor, response, *constraints)
        gap, violation = certificate(factor, response, *constraints, found)  # pyright: ignore[reportCallIssue]
        assert abs(gap) <= 5e-12 and violation <= 1e-14, seed
        assert 2 <= np.mean(found.steps) <= 30 and np.max(found.steps) <= 100


def test_a_monotone_cone_with_bounds():
    factor, response, *_ = draw((0, 0))
    steps = -np.diff(np.eye(SIZE), axis=0)
    rows = np.concatenate([steps, np.eye(SIZE), -np.eye(SIZE)])
    bounds = np.concatenate([np.zeros(SIZE - 1), np.ones(2 * SIZE)])
    a, b = np.tile(rows, (BATCH, 1, 1)), np.tile(bounds, (BATCH, 1))
    data = (factor, response, a, b, np.zeros((BATCH, 0, SIZE)), np.zeros((BATCH, 0)))
    gap, violation = certificate(*data, solve(*data))
    assert gap <= 1e-12 and violation <= 1e-14


def test_against_clarabel():
    data = draw((8, 2))
    found = solve(*data)
    for i in range(4):
        factor, response, a, b, e, f = (part[i] for part in data)
        theta = cvxpy.Variable(SIZE)
        constraints = [a @ theta <= b, e @ theta == f]
        objective = cvxpy.Minimize(cvxpy.sum_squares(factor @ theta - response) / 2)
        cvxpy.Problem(objective, constraints).solve(solver=cvxpy.CLARABEL)
        np.testing.assert_allclose(found.coefficients[i], np.asarray(theta.value), atol=1e-6)
        np.testing.assert_allclose(found.dual[0][i], constraints[0].dual_value, atol=1e-4)
        np.testing.assert_allclose(found.dual[1][i], constraints[1].dual_value, atol=1e-4)


def test_one_eager_call_is_the_batch():
    data = draw((8, 2))
    many = solve(*data)
    one = polyhedron(*(jnp.asarray(part[0]) for part in data), max_steps=300)
    np.testing.assert_allclose(one.coefficients, many.coefficients[0], atol=1e-12)
    assert one.steps.dtype == jnp.int32


def test_bounded_steps_and_no_nan():
    data = draw((17, 0))
    found = jax.jit(jax.vmap(lambda *one: polyhedron(*one, max_steps=2)))(*data)
    assert np.max(found.steps) == 2
    assert np.all(np.isfinite(found.coefficients))


def test_single_precision():
    data = draw((8, 2))
    single = solve(*(part.astype(np.float32) for part in data))
    assert single.coefficients.dtype == jnp.float32
    gap, violation = certificate(*data, single)
    assert gap <= 1e-3 and violation <= 1e-4


def test_an_empty_polyhedron_stays_finite():
    factor, response, *_ = draw((0, 0))
    a = np.resize(np.stack([np.eye(SIZE)[0], -np.eye(SIZE)[0]]), (17, SIZE))
    a = np.tile(a, (BATCH, 1, 1))
    none = (np.zeros((BATCH, 0, SIZE)), np.zeros((BATCH, 0)))
    found = solve(factor, response, a, np.full((BATCH, 17), -1.0), *none)
    assert np.all(np.isfinite(found.coefficients)) and np.all(np.isfinite(found.dual[0]))


@pytest.mark.parametrize("exponent", range(4, 9))
def test_nearly_dependent_columns(exponent):
    """Under constraints that stay inactive the answer is that of least squares, at any condition."""
    random = np.random.default_rng(exponent)
    left = np.linalg.qr(random.standard_normal((BATCH, SIZE, SIZE)))[0]
    right = np.linalg.qr(random.standard_normal((BATCH, SIZE, SIZE)))[0]
    singular = np.geomspace(1, 10.0**-exponent, SIZE)
    factor = (left * singular) @ right
    coordinates = random.standard_normal((BATCH, SIZE))
    response = np.einsum("bij,bj->bi", left, coordinates)
    theta = np.einsum("bji,bj->bi", right, coordinates / singular)
    box = np.broadcast_to(np.r_[np.eye(SIZE), -np.eye(SIZE)], (BATCH, 2 * SIZE, SIZE))
    ends = np.full((BATCH, 2 * SIZE), 10.0 ** (exponent + 2))
    none = (np.zeros((BATCH, 0, SIZE)), np.zeros((BATCH, 0)))
    found = solve(factor, response, box, ends, *none)
    error = np.linalg.norm(found.coefficients - theta, axis=1) / np.linalg.norm(theta, axis=1)
    assert np.max(error) <= 1e-15 * 10.0**exponent * SIZE
    assert not np.any(found.dual[0])


@pytest.mark.parametrize("integers", [False, True])
def test_vertices_of_nearly_dependent_columns(integers):
    """At a condition number of 1e8 constraints meet in the far; none may be lost in the rounding."""
    random = np.random.default_rng(0)
    size, count = 10, 30
    left = np.linalg.qr(random.standard_normal((BATCH, size, size)))[0]
    right = np.linalg.qr(random.standard_normal((BATCH, size, size)))[0]
    factor = (left * np.geomspace(1, 1e-8, size)) @ right
    a, inside = random.standard_normal((BATCH, count, size)), random.standard_normal((BATCH, size))
    slack = random.uniform(0, 1, (BATCH, count))
    if integers:  # degenerate vertices and parallel rows
        a, inside, slack = random.integers(-1, 2, a.shape) * 1.0, np.round(inside), np.round(slack)
    b = np.einsum("bmd,bd->bm", a, inside) + slack
    far = 10.0 ** random.uniform(-1, 8, (BATCH, 1)) * random.standard_normal((BATCH, size))
    response = np.einsum("bij,bj->bi", factor, inside + far)
    data = (factor, response, a, b, np.zeros((BATCH, 0, size)), np.zeros((BATCH, 0)))
    found = solve(*data)
    _, violation = certificate(*data, found)
    theta, dual = np.asarray(found.coefficients), np.asarray(found.dual[0])
    rest = response - np.einsum("bij,bj->bi", factor, theta)
    rest = np.einsum("bij,bi->bj", factor, rest) - np.einsum("bmd,bm->bd", a, dual)
    along = np.linalg.solve(np.swapaxes(factor, 1, 2), rest[..., None])[..., 0]
    open_part = np.sum(dual * (b - np.einsum("bmd,bd->bm", a, theta)), axis=1)
    gap = np.maximum(open_part, 0) + np.sum(along**2, axis=1)
    assert np.max(gap / np.sum(response**2, axis=1)) <= 1e-11
    assert violation <= 1e-14 and np.max(found.steps) <= 150
