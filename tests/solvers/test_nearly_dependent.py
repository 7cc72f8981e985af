"""Box, orthant, simplex and l1 ball where columns nearly depend on each other or differ in length."""

import functools
from fractions import Fraction

import exact
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import fmpq

import w2sjax
from w2sjax.arithmetic.flint_numbers import inner, rationals
from w2sjax.projecting.certificate import Status
from w2sjax.projecting.dependence import dependent_directions
from w2sjax.projecting.sets import Box, L1Ball, Orthant
from w2sjax.projecting.solvers import box, l1_ball, simplex
from w2sjax.settings.projection.normal_equations import normal_equations
from w2sjax.settings.projection.projecting import on_polyhedral

ROWS, SIZE, BATCH = 7, 4, 12
SETS = {
    "box": (-1.0, 1.0),
    "mixed box": ([-1e6, 0.0, 0.3, -5.0], [1e6, 1.0, 0.3, 1e6]),
    "wide box": (-1e6, 1e6),
    "orthant": (0.0, np.inf),
    "simplex": 1.0,
    "large simplex": 1e3,
    "l1_ball": 1.0,
    "large l1_ball": 1e6,
}


def conditioned(random, condition):
    left = np.linalg.qr(random.standard_normal((ROWS, SIZE)))[0]
    right = np.linalg.qr(random.standard_normal((SIZE, SIZE)))[0]
    return (left * np.geomspace(1, 1 / condition, SIZE)) @ right


def close(random, distance):
    features = random.standard_normal((ROWS, SIZE))
    one, other = random.permutation(SIZE)[:2]
    features[:, one] = features[:, other] + distance * random.standard_normal(ROWS)
    return features


def repeated(random, largest):
    chosen = random.standard_normal((ROWS, SIZE))[:, random.integers(0, SIZE, SIZE)]
    return chosen * 2.0 ** random.integers(-largest, largest + 1, SIZE)


def scaled(random, exponent, condition=1.0):
    features = random.standard_normal((ROWS, SIZE))
    features = conditioned(random, condition) if condition > 1 else features
    return features * 10 ** random.uniform(-exponent, exponent, SIZE)


KINDS = {
    "condition 1e2": lambda random: conditioned(random, 1e2),
    "condition 1e4": lambda random: conditioned(random, 1e4),
    "condition 1e6": lambda random: conditioned(random, 1e6),
    "condition 1e8": lambda random: conditioned(random, 1e8),
    "close by 1e-5": lambda random: close(random, 1e-5),
    "close by 1e-8": lambda random: close(random, 1e-8),
    "duplicates": lambda random: repeated(random, 0),
    "multiples": lambda random: repeated(random, 30),
    "lengths from 1e-12 to 1e12": lambda random: scaled(random, 12),
    "condition 1e6, lengths from 1e-6 to 1e6": lambda random: scaled(random, 6, 1e6),
    "columns of zeros": lambda random: scaled(random, 3) * (random.random(SIZE) < 0.6),
    "few rows": lambda random: random.standard_normal((SIZE - 2, SIZE)),
    "powers": lambda random: (
        (random.integers(1, 9) + np.arange(ROWS))[:, None] ** (1.0 + np.arange(SIZE))
    ),
    "offset": lambda random: random.standard_normal((ROWS, SIZE)) + 10.0 ** random.integers(1, 8),
}


def draw(kind, seed):
    """Draw features, and a target near their range whose coefficients are of any size."""
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    features = KINDS[kind](random)
    lengths = np.linalg.norm(features, axis=0)
    unit = features / np.where(lengths > 0, lengths, 1)
    left, singular, _ = np.linalg.svd(unit, full_matrices=False)
    weights = random.standard_normal(SIZE)
    target = [
        unit @ weights + 0.1 * random.standard_normal(len(features)),
        unit @ np.abs(weights) / np.sum(np.abs(weights)),
        left[:, np.sum(singular > 1e-12) - 1] + 1e-2 * random.standard_normal(len(features)),
    ]
    return features, target[seed % 3]


def reduce(features, target):
    """Decompose with columns scaled by powers of two, which loses nothing by their lengths."""
    lengths = np.linalg.norm(features, axis=0)
    unit = 2.0 ** np.floor(np.log2(np.where(lengths > 0, lengths, 1)))
    padding = np.zeros((max(SIZE - len(features), 0), SIZE))
    left, singular, right = np.linalg.svd(
        np.concatenate([features / unit, padding]), full_matrices=False
    )
    factor = np.where(lengths > 0, singular[:, None] * right * unit, 0)
    return factor, left.T @ np.concatenate([target, np.zeros(len(padding))])


@functools.cache
def compiled(name, limit=100):
    solver = simplex if "simplex" in name else l1_ball if "l1" in name else box
    one = functools.partial(solver, max_steps=limit)
    axes = (0, 0) + (None,) * (2 if solver is box else 1)
    return jax.jit(jax.vmap(one, in_axes=axes))


def solve(name, factor, response):
    family = "simplex" if "simplex" in name else "l1" if "l1" in name else "box"
    shape = (SIZE,) if family == "box" else ()
    given = SETS[name] if family == "box" else (SETS[name],)
    bounds = [np.broadcast_to(np.asarray(part, factor.dtype), shape) for part in given]
    return compiled(family)(factor, response, *bounds)


def exact_fit(name, features, target):
    """The projection's values in rational arithmetic, by complementary pivoting."""
    rows, label = (
        [rationals(exact.fractions(row)) for row in features],
        rationals(exact.fractions(target)),
    )
    gram, moment = normal_equations(rows, [fmpq(1)] * len(rows), label)
    kind = next(k for k in ("box", "orthant", "simplex", "l1_ball") if k in name)
    given = SETS[name]
    parameters = {
        "box": lambda: {
            side: exact.fractions(np.broadcast_to(value, SIZE))
            for side, value in zip(("lower", "upper"), given, strict=True)
        },
        "orthant": dict,
        "simplex": lambda: {"total": Fraction(given)},
        "l1_ball": lambda: {"radius": Fraction(given)},
    }[kind]()
    found = on_polyhedral(kind, parameters, gram, moment, SIZE)
    assert found is not None
    return [inner(row, found[0]) for row in rows]


def relative_distance(features, target, point, fit):
    """d(H theta, projection) over the squares of target and fit, without rounding."""
    theta = rationals(exact.fractions(point))
    goal = rationals(exact.fractions(target))
    values = [inner(rationals(exact.fractions(row)), theta) for row in features]
    difference = [a - b for a, b in zip(values, fit, strict=True)]
    square = inner(difference, difference) / (inner(goal, goal) + inner(fit, fit))
    return int(square.p) / int(square.q)


OFTEN = (
    "condition 1e6",
    "close by 1e-5",
    "duplicates",
    "lengths from 1e-12 to 1e12",
    "columns of zeros",
)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in OFTEN else pytest.mark.slow) for kind in KINDS]
)
@pytest.mark.parametrize("name", SETS)
def test_ends_at_the_exact_projection(name, kind):
    cases = [draw(kind, seed) for seed in range(BATCH)]
    factor, response = map(np.stack, zip(*(reduce(*case) for case in cases), strict=True))
    found = solve(name, factor, response)
    for (features, target), point in zip(cases, np.asarray(found.coefficients), strict=True):
        fit = exact_fit(name, features, target)
        assert relative_distance(features, target, point, fit) <= 1e-13
    assert np.max(found.steps) <= 12 * SIZE


@pytest.mark.parametrize("kind", ("condition 1e2", "duplicates", "columns of zeros", "few rows"))
@pytest.mark.parametrize("name", SETS)
def test_single_precision(name, kind):
    cases = [draw(kind, seed) for seed in range(BATCH)]
    cases = [tuple(part.astype(np.float32) for part in case) for case in cases]
    reduced = [reduce(*(part.astype(float) for part in case)) for case in cases]
    factor, response = (np.stack(part).astype(np.float32) for part in zip(*reduced, strict=True))
    found = solve(name, factor, response)
    assert found.coefficients.dtype == jnp.float32
    for (features, target), point in zip(cases, np.asarray(found.coefficients), strict=True):
        fit = exact_fit(name, features, target)
        assert relative_distance(features, target, point, fit) <= 1e-6


@pytest.mark.parametrize("kind", ("condition 1e4", "close by 1e-5", "duplicates"))
@pytest.mark.parametrize("name", ("box", "wide box", "orthant"))
def test_units_of_the_columns_change_nothing_but_the_coefficients(name, kind):
    factor, response = map(
        np.stack, zip(*(reduce(*draw(kind, seed)) for seed in range(BATCH)), strict=True)
    )
    unit = 2.0 ** np.array([40, -30, 0, 11])
    lower, upper = (np.broadcast_to(bound, SIZE) for bound in SETS[name])
    plain = compiled("box")(factor, response, lower, upper)
    moved = compiled("box")(factor * unit, response, lower / unit, upper / unit)
    np.testing.assert_array_equal(np.asarray(moved.coefficients) * unit, plain.coefficients)
    np.testing.assert_array_equal(moved.steps, plain.steps)


def test_a_column_of_zeros_leaves_its_coefficient_at_rest():
    factor = np.diag([3.0, 0.0, 1e-15, 2.0])[None]
    response = np.array([[3.0, 0.0, 1e-3, -2.0]])
    found = compiled("box")(factor, response, np.full(SIZE, -5.0), np.array([5.0, -2.0, 5.0, 5.0]))
    np.testing.assert_allclose(found.coefficients[0], [1, -2, 5, -1], rtol=1e-15)


def test_unknown_numbers_end_the_search():
    broken = np.full((1, SIZE, SIZE), np.nan)
    for name in ("box", "simplex", "l1_ball"):
        assert np.all(solve(name, broken, np.ones((1, SIZE))).steps <= 4 * SIZE)


HARD = np.array([[1, 1], [1, 1 + 1e-5], [1, 1 - 1e-5], [0, 0]])


@pytest.mark.parametrize(
    ("convex_set", "signs"),
    ((Box(-1e6, 1e6), [1, 1]), (L1Ball(1e6), [1, 1]), (Orthant(), [-1, 1])),  # pyright: ignore[reportArgumentType]
    ids=("box", "l1_ball", "orthant"),
)
def test_two_columns_that_differ_by_1e_5(convex_set, signs):
    convex_set = jax.tree.map(jnp.asarray, convex_set)
    hypothesis = w2sjax.hypothesis_class(convex_set, jnp.asarray(HARD * signs))
    found = w2sjax.project(hypothesis, jnp.asarray([0.0, 1, -1, 0]))
    assert found.status == Status.CERTIFIED
    assert found.gap <= 1e-13
    np.testing.assert_allclose(found.coefficients, np.array([-1e5, 1e5]) * signs, rtol=1e-9)


@pytest.mark.parametrize(("last", "null"), [(0, 1), (1, 0)])
def test_a_sum_that_doubles_round_proves_nothing(last, null):
    """2^52 + 2^52 + 1 is 2^53 in doubles; whole numbers tell them apart."""
    rows = np.array([[2.0**52, 2.0**52, 0], [2.0**52, 2.0**52, last]])
    found = dependent_directions([rows], np.ones((3, 1)), np.ones(3), constant=True)
    assert found == null
