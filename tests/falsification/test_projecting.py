"""Exact projections against enumeration of faces, 60-digit arithmetic and pooled violators."""

import itertools
import random
from decimal import Decimal
from fractions import Fraction

import exact as oracle
import pytest
from falsification_samples import fraction
from flint import ctx, fmpq

from w2sjax.arithmetic.flint_numbers import python, rationals
from w2sjax.settings.projection.pivoting import complementary, minimise
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.projecting import project
from w2sjax.settings.projection.sets import contains

ONE, ZERO = Fraction(1), Fraction(0)


def problem(source, kind, parameters, points, dimension):
    values = kind in ("monotone", "bounded_values", "bounded_monotone")
    zeros = [ZERO] * dimension
    return Problem(
        set=kind,
        parameters=parameters,
        features=None
        if values
        else [[fraction(source) for _ in range(dimension)] for _ in range(points)],
        masses=[Fraction(source.randint(0 if i else 1, 3)) for i in range(points)],
        weak=[fraction(source) for _ in range(points)],
        truth=zeros,
        truth_intercept=ZERO,
        offset=[ZERO] * points,
        other=zeros,
        other_intercept=ZERO,
        student=zeros,
        student_intercept=ZERO,
        mixture=Fraction(1, 2),
    )


def constraints(source, kind, size):
    """Parameters, and the same set as inequalities and equalities."""
    unit = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    minus = [[-value for value in row] for row in unit]
    if kind == "orthant":
        return {}, (minus, [ZERO] * size, [], [])
    if kind == "box":
        lower = [fraction(source) for _ in range(size)]
        upper = [value + abs(fraction(source)) for value in lower]
        return {"lower": lower, "upper": upper}, (minus + unit, [-v for v in lower] + upper, [], [])
    if kind == "simplex":
        return {"total": ONE}, (minus, [ZERO] * size, [[ONE] * size], [ONE])
    if kind == "l1_ball":
        signs = [list(map(Fraction, s)) for s in itertools.product((1, -1), repeat=size)]
        return {"radius": Fraction(2)}, (signs, [Fraction(2)] * len(signs), [], [])
    matrix = [[fraction(source) for _ in range(size)] for _ in range(size + 1)]
    bound = [abs(fraction(source)) for _ in matrix]
    equality = [[fraction(source) for _ in range(size)]]
    if not any(equality[0]):
        equality = [[ONE] * size]
    parameters = {"matrix": matrix, "bound": bound, "equality": equality, "level": [ZERO]}
    return parameters, (matrix, bound, equality, [ZERO])


def is_rational(answer):
    return all(isinstance(value, fmpq) for value in answer.values)


@pytest.mark.parametrize("kind", ["orthant", "box", "simplex", "l1_ball", "polyhedron"])
def test_polyhedral_projections_are_the_best_face(kind):
    source = random.Random(kind)
    for _ in range(40):
        dimension = source.randint(1, 3)
        parameters, faces = constraints(source, kind, dimension)
        made = problem(source, kind, parameters, source.randint(1, 4), dimension)
        answer = project(made, rationals(made.weak), 64)
        assert answer is not None and is_rational(answer)
        best = oracle.polyhedron(made.features, made.masses, made.weak, *faces)
        theta = [python(value) for value in answer.coefficients]
        values = [python(value) for value in answer.values]
        assert values == made.values(theta)
        assert contains(kind, parameters, theta)
        if best is not None:  # the oracle gives up on singular faces
            expected = oracle.apply(made.features, best)
            assert oracle.distance(made.masses, values, expected) == 0


@pytest.mark.parametrize("kind", ["l2_ball", "ellipsoid"])
def test_balls_agree_with_sixty_digits(kind):
    source = random.Random(kind)
    saved, ctx.prec = ctx.prec, 256
    inside = 0
    try:
        for _ in range(25):
            size = source.randint(1, 3)
            lower = [[fraction(source) if j < i else Fraction(source.randint(1, 3) * (i == j))
                      for j in range(size)] for i in range(size)]  # fmt: skip
            centre = [fraction(source) for _ in range(size)]
            radius = Fraction(1, 2)
            shape = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
            parameters = {"radius": radius}
            if kind == "ellipsoid":
                parameters, radius = {"lower": lower, "centre": centre}, ONE
                shape = [oracle.apply(lower, row) for row in lower]
            else:
                centre = [ZERO] * size
            made = problem(source, kind, parameters, 4, size)
            answer = project(made, rationals(made.weak), 128)
            assert answer is not None
            theta = [python(value) for value in answer.coefficients]
            assert contains(kind, parameters, theta)
            exact = is_rational(answer)
            inside += exact
            best = oracle.ellipsoid(made.features, made.masses, made.weak, shape, centre, radius)
            expected = oracle.apply(oracle.decimals(made.features), best)
            for value, wanted in zip(answer.values, expected, strict=True):
                middle = python(value) if exact else Fraction(value.mid().str(40, radius=False))
                close = abs(Decimal(middle.numerator) / Decimal(middle.denominator) - wanted)
                assert close <= Decimal("1e-30") * (1 + abs(wanted))
                assert exact or float(value.rad()) < 1e-30
    finally:
        ctx.prec = saved
    assert 0 < inside < 25, "both kinds of answer occurred"


@pytest.mark.parametrize("kind", ["monotone", "bounded_monotone", "bounded_values"])
def test_value_sets_agree_with_pooling_and_clipping(kind):
    source = random.Random(kind)
    for _ in range(40):
        size = source.randint(1, 6)
        parameters = {} if kind == "monotone" else {"bound": ONE}
        made = problem(source, kind, parameters, size, size)
        present = [i for i in range(size) if made.masses[i] > 0]
        answer = project(made, rationals(made.weak), 64)
        assert answer is not None
        values = [python(value) for value in answer.values]
        assert contains(kind, parameters, values)
        expected = [made.weak[i] for i in present]
        if "monotone" in kind:
            expected = oracle.isotonic(expected, [made.masses[i] for i in present])
        if kind != "monotone":
            expected = [min(max(value, -ONE), ONE) for value in expected]
        assert [values[i] for i in present] == expected


def test_affine_classes_leave_residuals_orthogonal_to_features_and_constants():
    source = random.Random(7)
    for _ in range(20):
        made = problem(source, "affine", {}, 5, 2)
        answer = project(made, rationals(made.weak), 64)
        assert answer is not None
        residual = [y - python(v) for y, v in zip(made.weak, answer.values, strict=True)]
        assert made.features is not None
        columns = [[row[j] for row in made.features] for j in range(2)] + [[ONE] * 5]
        assert all(oracle.inner(made.masses, residual, column) == 0 for column in columns)


def test_pivoting_says_that_nothing_is_feasible():
    one = fmpq(1)
    assert minimise([[one]], [one], [[one], [-one]], [fmpq(1), fmpq(-2)]) is None


def test_complementary_solutions_are_complementary():
    source = random.Random(3)
    for _ in range(50):
        size = source.randint(1, 5)
        root = [[fmpq(source.randint(-2, 2)) for _ in range(size)] for _ in range(size)]
        matrix = [[sum((a * b for a, b in zip(row, other, strict=True)), fmpq(0)) for other in root]
                  for row in root]  # fmt: skip
        constants = [fmpq(source.randint(-3, 3)) for _ in range(size)]
        answer = complementary(matrix, constants)
        if answer is None:  # a ray: then no z >= 0 makes Mz + q >= 0
            continue
        images = [sum((a * b for a, b in zip(row, answer, strict=True)), fmpq(0)) for row in matrix]
        slack = [a + b for a, b in zip(images, constants, strict=True)]
        assert min(answer) >= 0 and min(slack) >= 0
        assert all(a * b == 0 for a, b in zip(answer, slack, strict=True))
