"""Box, simplex and l1 ball: against exact face enumeration, by the gap, and on degenerate data."""

import functools
import itertools
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from w2sjax.projecting.solvers import box, l1_ball, simplex

BATCH, ROWS, SIZE = 64, 40, 8
SCALES = (0.01, 1.0, 20.0)

SUPPORTS = {
    "box": lambda v, s: s * np.abs(v).sum(1),
    "unit": lambda v, s: s * np.maximum(v, 0).sum(1),
    "simplex": lambda v, s: s * v.max(1),
    "l1_ball": lambda v, s: s * np.abs(v).max(1),
}
SOLVERS = {"box": box, "unit": box, "simplex": simplex, "l1_ball": l1_ball}


def parameters(name, scale, size, dtype=np.float64):
    """Return what the solver of a set takes besides the problem; boxes share one compilation."""
    if name in ("simplex", "l1_ball"):
        return (dtype(scale),)
    return np.full(size, -scale if name == "box" else 0, dtype), np.full(size, scale, dtype)


@functools.cache
def compiled(solver, limit=300):
    def batch(factor, response, *rest):
        one = functools.partial(solver, max_steps=limit)
        return jax.vmap(one, in_axes=(0, 0) + (None,) * len(rest))(factor, response, *rest)

    return jax.jit(batch)


def solve(name, factor, response, scale, limit=300):
    rest = parameters(name, scale, response.shape[-1], response.dtype.type)
    return compiled(SOLVERS[name], limit)(factor, response, *rest)


def triangles(features, target):
    joined = np.concatenate([features, target[..., None]], axis=-1)
    size = features.shape[-1]
    enough = np.zeros((len(joined), size, size + 1))
    reduced = np.asarray(np.linalg.qr(np.concatenate([joined, enough], axis=-2), mode="r"))
    return reduced[:, :size, :size], reduced[:, :size, size]


def draw(case, seed=0):
    random = np.random.default_rng(seed)
    features = random.standard_normal((BATCH, ROWS, SIZE))
    noise = random.standard_normal((BATCH, ROWS))
    truth = random.standard_normal((BATCH, SIZE, 1))
    if case == "correlated":
        left = np.linalg.qr(features)[0] * np.sqrt(ROWS)
        turn = np.linalg.qr(random.standard_normal((BATCH, SIZE, SIZE)))[0]
        features = (left * np.geomspace(1, 1e-4, SIZE)) @ turn
    if case == "few rows":
        features, noise = features[:, :3], noise[:, :3]
    if case == "duplicates":
        features[..., SIZE // 2 :] = features[..., : SIZE // 2]
    if case == "opposites":
        features[..., SIZE // 2 :] = -features[..., : SIZE // 2]
    if case == "zero columns":
        features[..., ::3] = 0
    if case == "zero features":
        features = 0 * features
    if case == "one coefficient":
        features, truth = features[..., :1], truth[:, :1]
    if case == "ties":
        features = random.integers(-1, 2, features.shape).astype(float)
        noise = random.integers(-1, 2, noise.shape).astype(float)
    target = (features @ truth)[..., 0] * (case not in ("noise", "ties")) + noise
    if case == "inside":
        target = 1e-3 * (features @ truth)[..., 0]
    if case == "vertex":
        target = 100 * features[..., 0]
    if case == "zero target":
        target = 0 * target
    return triangles(features, target)


CASES = (
    "white", "noise", "correlated", "few rows", "duplicates", "opposites", "zero columns",
    "zero features", "one coefficient", "ties", "inside", "vertex", "zero target",
)  # fmt: skip


def relative_gap(factor, response, point, support):
    slope = np.einsum("bij,bi->bj", factor, response - np.einsum("bij,bj->bi", factor, point))
    gap = support(slope) - np.sum(slope * point, axis=1)
    fitted = np.einsum("bij,bj->bi", factor, point)
    return gap / np.maximum(np.sum(response**2, axis=1) + np.sum(fitted**2, axis=1), 1e-300)


def assert_feasible(name, point, scale):
    rounding = 1e-14 * scale * SIZE
    if name in ("unit", "simplex"):
        assert np.all(point >= 0)
    if name in ("unit", "box"):
        assert np.all(np.abs(point) <= scale)
    if name == "simplex":
        np.testing.assert_allclose(point.sum(1), scale, rtol=1e-13)
    if name == "l1_ball":
        assert np.all(np.abs(point).sum(1) <= scale + rounding)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", SUPPORTS)
def test_small_gap_on_every_batch(name, case):
    for seed, scale in enumerate(SCALES):
        factor, response = draw(case, seed)
        found = solve(name, factor, response, scale)
        point = np.asarray(found.coefficients)
        assert_feasible(name, point, scale)
        gap = relative_gap(factor, response, point, lambda v, s=scale: SUPPORTS[name](v, s))
        # A target deep inside leaves rounding times the size of the set, in either factor.
        limit = 1e-10 if case == "inside" and scale == 20 else 5e-12
        assert np.max(gap) <= limit, (case, scale)
        assert np.max(found.steps) <= 6 * SIZE


@pytest.mark.parametrize("exponent", (-6, -3, 3, 6))
@pytest.mark.parametrize("name", SUPPORTS)
def test_scales_of_features_and_target_together(name, exponent):
    factor, response = draw("white")
    scaled = 10.0**exponent
    found = solve(name, factor * scaled, response * scaled, 1.0)
    same = solve(name, factor, response, 1.0)
    np.testing.assert_allclose(found.coefficients, same.coefficients, atol=1e-12)


@pytest.mark.parametrize("case", ("white", "correlated", "ties", "opposites", "zero columns"))
def test_orthant_against_nnls(case):
    factor, response = draw(case)
    bounds = (np.zeros(SIZE), np.full(SIZE, np.inf))
    point = np.asarray(compiled(box)(factor, response, *bounds).coefficients)
    assert np.all(point >= 0)
    for r, z, theta in zip(factor, response, point, strict=True):
        _, residual = scipy.optimize.nnls(r, z)
        assert np.linalg.norm(r @ theta - z) <= residual + 1e-11 * np.linalg.norm(z)


def test_vector_and_infinite_and_equal_bounds():
    factor, response = draw("white")
    lower = np.array([-np.inf, 0, -1, 0.3, -np.inf, -0.1, -np.inf, 0])
    upper = np.array([np.inf, np.inf, 1, 0.3, -0.5, 0.1, 0, 0])
    point = np.asarray(compiled(box)(factor, response, lower, upper).coefficients)
    assert np.all((lower <= point) & (point <= upper))
    loose = upper > lower
    for r, z, theta in zip(factor, response, point, strict=True):
        rest = z - r[:, ~loose] @ lower[~loose]
        oracle = scipy.optimize.lsq_linear(
            r[:, loose], rest, (lower[loose], upper[loose]), method="bvls", tol=1e-14
        )
        np.testing.assert_allclose(theta[loose], oracle.x, atol=1e-9)


def exact_solve(matrix, side):
    """Solve by elimination in exact arithmetic; None if the matrix is singular."""
    rows = [[*map(Fraction, row), Fraction(s)] for row, s in zip(matrix, side, strict=True)]
    for i in range(len(rows)):
        pivot = next((j for j in range(i, len(rows)) if rows[j][i] != 0), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for j in range(len(rows)):
            if j != i and rows[j][i] != 0:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


def exact_minimiser(factor, response, rows, bounds, equalities=0):
    """Enumerate the faces; the first `equalities` rows hold with equality."""
    size = factor.shape[1]
    gram = (factor.T @ factor).tolist()
    slope = (factor.T @ response).tolist()
    rows, always = [list(map(int, row)) for row in rows], list(range(equalities))
    for count in range(size + 1 - equalities):
        for chosen in itertools.combinations(range(equalities, len(rows)), count):
            face = [*always, *chosen]
            matrix = [[*gram[i], *(rows[j][i] for j in face)] for i in range(size)]
            matrix += [[*rows[j], *([0] * len(face))] for j in face]
            answer = exact_solve(matrix, [*slope, *(bounds[j] for j in face)])
            if answer is None or any(dual < 0 for dual in answer[size + equalities :]):
                continue
            theta = answer[:size]
            values = [sum(a * t for a, t in zip(row, theta, strict=True)) for row in rows]
            if all(v <= b for v, b in list(zip(values, bounds, strict=True))[equalities:]):
                return theta
    raise AssertionError("no face is optimal")


@pytest.mark.parametrize("size", (1, 2, 3))
@pytest.mark.parametrize("name", SUPPORTS)
def test_exactly_enumerated_faces(name, size):
    eye = np.eye(size, dtype=int)
    signs = np.array(list(itertools.product((-1, 1), repeat=size)))
    rows, bounds, equalities = {
        "box": (np.concatenate([eye, -eye]), [2] * (2 * size), 0),
        "unit": (np.concatenate([eye, -eye]), [2] * size + [0] * size, 0),
        "simplex": (np.concatenate([np.ones((1, size), int), -eye]), [2] + [0] * size, 1),
        "l1_ball": (signs, [2] * len(signs), 0),
    }[name]
    random = np.random.default_rng(size)
    factors, responses, answers = [], [], []
    while len(factors) < 12:
        factor = random.integers(-3, 4, (size, size))
        if round(np.linalg.det(factor)) == 0:
            continue
        response = random.integers(-6, 7, size)
        factors.append(factor)
        responses.append(response)
        answers.append(exact_minimiser(factor, response, rows, bounds, equalities))
    # Coefficients that stay at zero fill up the shape, which saves compilations.
    useless = 1000.0 if name == "simplex" else 0.0
    factor, response = np.zeros((BATCH, SIZE, SIZE)), np.full((BATCH, SIZE), -useless)
    factor[:, range(size, SIZE), range(size, SIZE)] = useless > 0
    factor[: len(factors), :size, :size] = factors
    response[: len(responses), :size] = responses
    found = np.asarray(solve(name, factor, response, 2.0).coefficients)[: len(answers)]
    np.testing.assert_allclose(found[:, :size], np.array(answers, float), atol=1e-12)
    np.testing.assert_array_equal(found[:, size:], 0)


@pytest.mark.parametrize("name", ("box", "l1_ball"))
def test_one_eager_call_is_the_batch(name):
    factor, response = draw("white")
    many = solve(name, factor, response, 1.0)
    rest = map(jnp.asarray, parameters(name, 1.0, SIZE))
    one = SOLVERS[name](jnp.asarray(factor[0]), jnp.asarray(response[0]), *rest, max_steps=300)
    np.testing.assert_allclose(one.coefficients, many.coefficients[0], atol=1e-13)
    assert one.dual is None and one.steps.dtype == jnp.int32 and one.steps == many.steps[0]


@pytest.mark.parametrize("case", ("white", "correlated", "duplicates", "zero features"))
@pytest.mark.parametrize("name", SUPPORTS)
def test_single_precision(name, case):
    factor, response = (part.astype(np.float32) for part in draw(case))
    found = solve(name, factor, response, np.float32(1))
    assert found.coefficients.dtype == jnp.float32
    point = np.asarray(found.coefficients, float)
    double = (factor.astype(float), response.astype(float))
    gap = relative_gap(*double, point, lambda v: SUPPORTS[name](v, 1.0))
    assert np.max(gap) <= 1e-4


@pytest.mark.parametrize(
    ("name", "limit"), (("box", 3), ("unit", 3), ("simplex", 0), ("l1_ball", 3))
)
def test_steps_are_bounded_and_points_stay_feasible(name, limit):
    found = solve(name, *draw("correlated"), 1.0, limit)
    assert np.max(found.steps) == limit
    assert_feasible(name, np.asarray(found.coefficients), 1.0)


@pytest.mark.parametrize("name", SUPPORTS)
def test_no_nan_at_sets_of_one_point_and_huge_values(name):
    factor, response = draw("white")
    np.testing.assert_array_equal(solve(name, factor, response, 0.0).coefficients, 0)
    huge = solve(name, factor * 1e60, response * 1e50, 1.0)
    assert np.all(np.isfinite(huge.coefficients))


def test_a_large_single_problem():
    name = "l1_ball"
    random = np.random.default_rng(0)
    factor, response = random.standard_normal((1, 200, 200)), random.standard_normal((1, 200))
    found = solve(name, factor, response, 1.0, 2000)
    point = np.asarray(found.coefficients)
    gap = relative_gap(factor, response, point, lambda v: SUPPORTS[name](v, 1.0))
    assert gap.max() <= 1e-12
    assert found.steps <= 1000


def repeated(seed):
    """Draw repeated and zero columns at scales 1e-6 to 1e6, and their factor with its rounding.

    A factor from a decomposition turns two equal columns into two that differ by rounding.
    """
    random = np.random.default_rng(seed)
    white = random.standard_normal((BATCH, ROWS, SIZE))
    white = np.concatenate([white, np.zeros((BATCH, ROWS, 1))], axis=-1)
    chosen = random.integers(0, SIZE + 1, (BATCH, 1, SIZE))
    scale = 10 ** random.uniform(-6, 6, (BATCH, 1, 1))
    features = scale * np.take_along_axis(white, chosen, axis=-1)
    truth = random.dirichlet(np.ones(SIZE), BATCH)[..., None] * random.choice([0.5, 3.0])
    noise = random.standard_normal((BATCH, ROWS)) * 10 ** random.uniform(-3, 1, (BATCH, 1))
    target = (features @ truth)[..., 0] + scale[..., 0] * noise
    left, singular, right = np.linalg.svd(features, full_matrices=False)
    factor = np.where(chosen == SIZE, 0, singular[..., None] * right)
    return features, target, factor, np.einsum("bij,bi->bj", left, target)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", [*SUPPORTS, "orthant"])
def test_repeated_and_zero_columns(name, seed):
    features, target, factor, response = repeated(seed)
    if name == "orthant":
        found = compiled(box)(factor, response, np.zeros(SIZE), np.full(SIZE, np.inf))
    else:
        found = solve(name, factor, response, 1.0)
    point = np.asarray(found.coefficients)
    fitted = np.einsum("bij,bj->bi", features, point)
    slope = np.einsum("bij,bi->bj", features, target - fitted)
    if name == "orthant":
        assert np.all(point >= 0)
        gap = 2 * np.linalg.norm(point, axis=1) * np.linalg.norm(np.maximum(slope, 0), axis=1)
    else:
        assert_feasible(name, point, 1.0)
        gap = SUPPORTS[name](slope, 1.0)
    gap -= np.sum(slope * point, axis=1)
    size = np.sum(target**2, axis=1)
    assert np.all(np.abs(gap) <= 1e-13 * size), np.max(np.abs(gap) / size)
    assert np.max(found.steps) <= 3 * SIZE
    # A dense optimum away from every vertex takes steps: the problems are not trivial.
    assert np.mean(found.steps) >= 3
