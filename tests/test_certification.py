"""Certificates against exact projections, at right, wrong and infeasible points."""

import functools
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import exact
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import w2sjax
from w2sjax import ProjectionError, Status, certify, hypothesis_class, project, raise_if_failed
from w2sjax.projecting.sets import (
    Affine,
    BoundedValues,
    Box,
    Ellipsoid,
    L1Ball,
    L2Ball,
    Monotone,
    Orthant,
    Polyhedron,
    RKHSBall,
    Simplex,
    Subspace,
)
from w2sjax.projecting.sets.function_values import ValueIntersection

SIZE, DIMENSION, COUNT = 6, 3, 8
# Scales of the target, of the features, and exponents of the weights; the last target is a member.
TARGET_SCALES = np.array([1.0, 1e-3, 10.0, 1.0, 1e6, 1e-6, 3.0, 1.0])
FEATURE_SCALES = np.array([1.0, 1.0, 1.0, 1e3, 1e3, 1e-3, 1.0, 1.0])
WEIGHT_SPREAD = np.array([0.0, 2.0, 6.0, 1.0, 1.0, 1.0, 12.0, 1.0])
CANDIDATES = ("answer", "near", "member", "far_member", "infeasible", "target")
KINDS = (
    "subspace affine l2_ball rkhs_ball l2_ball_intercept l1_ball simplex orthant box box_intercept "
    "polyhedron ellipsoid monotone bounded_values value_intersection"
).split()
every_kind = pytest.mark.parametrize("kind", KINDS)
VALUE_KINDS = ("monotone", "bounded_values", "value_intersection")


class Problem(NamedTuple):
    """One instance; arrays of one shape for all kinds."""

    features: Any
    weights: Any
    target: Any
    members: Any  # two coefficient vectors in the set, exactly
    wrong: Any  # coefficients outside, as a rule
    numbers: Any  # parameters of the set


def draw(kind, index) -> Problem:
    random = np.random.default_rng([index, KINDS.index(kind)])
    features = FEATURE_SCALES[index] * random.normal(size=(SIZE, DIMENSION))
    weights = 10.0 ** (-WEIGHT_SPREAD[index] * random.uniform(size=SIZE))
    length = SIZE if kind in VALUE_KINDS else DIMENSION
    numbers = random.normal(size=(9, length))
    members = [member(kind, random, numbers) for _ in range(2)]
    target = TARGET_SCALES[index] * random.normal(size=SIZE)
    if index == COUNT - 1:
        target = members[0] if kind in VALUE_KINDS else features @ members[0]
    wrong = 3 * random.normal(size=length)
    return Problem(features, weights, target, np.stack(members), wrong, numbers)


def member(kind, random, numbers):
    """A point that lies in the set in exact arithmetic."""
    size = SIZE if kind in VALUE_KINDS else DIMENSION
    raw = random.normal(size=size)
    match kind.removesuffix("_intercept"):
        case "l2_ball" | "rkhs_ball" | "ellipsoid":
            inside = 0.999 * random.uniform(0.2, 1) * raw / np.linalg.norm(raw)
            if kind == "ellipsoid":
                return np.linalg.solve(shape(numbers).T, inside) + numbers[3]
            return 1.5 * inside
        case "l1_ball":
            return 1.499 * raw / np.sum(np.abs(raw))
        case "simplex":
            counts = random.multinomial(64, np.ones(size) / size)
            return counts / 64.0  # dyadic: the sum is one exactly
        case "orthant":
            return np.maximum(raw, 0)
        case "box":
            return np.clip(raw, -0.5, 0.75)
        case "polyhedron":
            speed = np.max(polyhedron_matrix(numbers) @ raw)
            return raw * 0.999 / max(speed, 0.1)
        case "monotone":
            return np.sort(raw)
        case "bounded_values":
            return np.clip(raw, -0.75, 0.75)
        case "value_intersection":
            return np.clip(np.sort(raw), -0.75, 0.75)
    return raw


def shape(numbers):
    return np.tril(0.3 * numbers[:3]) + np.eye(DIMENSION)


def polyhedron_matrix(numbers):
    """Rows of small integers; the right-hand side is 1."""
    return np.round(2 * numbers[:5])


def convex_set(kind, numbers):
    number = functools.partial(jnp.asarray, dtype=jnp.float64)
    match kind.removesuffix("_intercept"):
        case "affine":
            return Affine()
        case "l2_ball":
            return L2Ball(number(1.5))
        case "rkhs_ball":
            return RKHSBall(number(1.5))
        case "l1_ball":
            return L1Ball(number(1.5))
        case "simplex":
            return Simplex(number(1.0))
        case "orthant":
            return Orthant()
        case "box":
            return Box(number(-0.5), number(0.75))
        case "polyhedron":
            matrix = jnp.round(2 * numbers[:5])
            none = jnp.zeros((0, DIMENSION))
            return Polyhedron(
                matrix, jnp.ones(5), none, jnp.zeros(0), interior=jnp.zeros(DIMENSION)
            )
        case "ellipsoid":
            return Ellipsoid(jnp.tril(0.3 * numbers[:3]) + jnp.eye(DIMENSION), numbers[3])
        case "monotone":
            return Monotone()
        case "bounded_values":
            return BoundedValues(number(0.75))
        case "value_intersection":
            return ValueIntersection(Monotone(), BoundedValues(number(0.75)))
    return Subspace()


def build(kind, problem):
    inside = convex_set(kind, problem.numbers)
    if kind in VALUE_KINDS:
        return hypothesis_class(inside, weights=problem.weights)
    intercept = True if kind.endswith("_intercept") else None
    return hypothesis_class(inside, problem.features, problem.weights, intercept=intercept)


def candidates(kind, problem, answer):
    """Coefficients, constants and values of the points that are certified, in order."""
    theta, constant = answer.coefficients, answer.intercept
    first, second = problem.members
    near = theta + 1e-4 * (first - theta)
    thetas = jnp.stack([theta, near, first, second, problem.wrong, theta])
    shifts = jnp.asarray([0.0, 0.0, 0.1, -1.0, 1.0, 0.0])
    free = kind == "affine" or kind.endswith("_intercept")
    return thetas, constant + shifts if free else jnp.zeros(len(CANDIDATES))


@functools.cache
def certified(kind):
    """All problems of a kind, and the certificates of all their candidates."""
    problems = [draw(kind, index) for index in range(COUNT)]
    batch = jax.tree.map(lambda *parts: jnp.stack(parts), *problems)

    def one(problem):
        hypothesis = build(kind, problem)
        answer = project(hypothesis, problem.target)
        thetas, constants = candidates(kind, problem, answer)

        def grade(theta, constant, values):
            if kind in VALUE_KINDS:
                return certify(hypothesis, problem.target, values)
            return certify(hypothesis, problem.target, theta, constant, values=values)

        points = jax.vmap(lambda theta, c: hypothesis.values(theta, c))(thetas, constants)
        points = points.at[-1].set(problem.target)  # the target itself as a candidate
        return hypothesis.weights, answer, jax.vmap(grade)(thetas, constants, points)

    weights, answers, grades = jax.jit(jax.vmap(one))(batch)
    return problems, np.asarray(weights), answers, grades


@functools.cache
def exact_projection(kind, index):
    """Values of the projection, in exact (or 60-digit) arithmetic."""
    problems, weights, _, _ = certified(kind)
    problem, masses = problems[index], exact.fractions(weights[index])
    target = exact.fractions(problem.target)
    if kind in VALUE_KINDS:
        bound = Fraction(3, 4)
        values = target if kind == "bounded_values" else exact.isotonic(target, masses)
        return values if kind == "monotone" else [max(-bound, min(v, bound)) for v in values]
    free = kind == "affine" or kind.endswith("_intercept")
    extra = np.ones((SIZE, 1 if free else 0))
    features = exact.fractions(np.concatenate([problem.features, extra], axis=1))
    size = DIMENSION + extra.shape[1]

    def padded(rows):
        return exact.fractions(np.pad(rows, ((0, 0), (0, size - DIMENSION))))

    rows, bound, equality, level = np.zeros((0, DIMENSION)), [], np.zeros((0, DIMENSION)), []
    match kind.removesuffix("_intercept"):
        case "l2_ball" | "rkhs_ball" | "ellipsoid":
            identity = np.eye(DIMENSION)
            factor = shape(problem.numbers) if kind == "ellipsoid" else identity
            factor = padded(factor.T)
            square = [
                [exact.dot([r[i] for r in factor], [r[j] for r in factor]) for j in range(size)]
                for i in range(size)
            ]
            centre = problem.numbers[3] if kind == "ellipsoid" else np.zeros(DIMENSION)
            centre = exact.fractions(np.pad(centre, (0, size - DIMENSION)))
            radius = Fraction(1 if kind == "ellipsoid" else 1.5)
            theta = exact.ellipsoid(features, masses, target, square, centre, radius)
            return exact.apply(exact.decimals(features), theta)
        case "l1_ball":
            signs = np.array(np.meshgrid(*[[-1, 1]] * DIMENSION)).reshape(DIMENSION, -1).T
            rows, bound = signs, [1.5] * len(signs)
        case "simplex":
            rows, bound = -np.eye(DIMENSION), [0] * DIMENSION
            equality, level = np.ones((1, DIMENSION)), [1]
        case "orthant":
            rows, bound = -np.eye(DIMENSION), [0] * DIMENSION
        case "box":
            rows = np.concatenate([-np.eye(DIMENSION), np.eye(DIMENSION)])
            bound = [0.5] * DIMENSION + [0.75] * DIMENSION
        case "polyhedron":
            rows, bound = polyhedron_matrix(problem.numbers), [1] * 5
    theta = exact.polyhedron(
        features,
        masses,
        target,
        padded(rows),
        [Fraction(b) for b in bound],
        padded(equality),
        [Fraction(b) for b in level],
    )
    return exact.apply(features, theta)


def exact_distance(kind, index, values):
    """The exact squared distance of given values from the projection."""
    point = exact_projection(kind, index)
    masses = exact.fractions(certified(kind)[1][index])
    values = exact.fractions(values)
    if isinstance(point[0], Decimal):
        masses, values = exact.decimals(masses), exact.decimals(values)
    return exact.distance(masses, values, point)


def scale(kind, index):
    """Squared norms of the target and the answer: what rounding is relative to."""
    problems, weights, answers, _ = certified(kind)
    squares = problems[index].target ** 2 + np.asarray(answers.values[index]) ** 2
    return float(np.sum(weights[index] * squares))


@every_kind
def test_gap_covers_the_exact_error_of_any_point(kind):
    grades = certified(kind)[3]
    for index in range(COUNT):
        for place, name in enumerate(CANDIDATES):
            error = exact_distance(kind, index, grades.values[index, place])
            gap = float(grades.gap[index, place])
            assert type(error)(gap) >= error, (name, index, gap, float(error))


@every_kind
def test_gap_is_small_at_the_answer(kind):
    _, _, answers, grades = certified(kind)
    for index in range(COUNT):
        size = scale(kind, index)
        # The members' sizes, of order one, multiply the rounding of the residual.
        assert float(answers.gap[index]) <= 1e-10 * size + 1e-14 * size**0.5
        assert float(grades.gap[index, 0]) <= 1e-5 * size  # without a hint
    assert np.mean(answers.status == Status.CERTIFIED) >= 0.6
    assert np.all(answers.status <= Status.LOOSE)


@every_kind
def test_wrong_points_are_not_certified(kind):
    _, _, _, grades = certified(kind)
    for index in range(COUNT):
        size = scale(kind, index)
        for place in range(len(CANDIDATES)):
            error = float(exact_distance(kind, index, grades.values[index, place]))
            if error > 1e-10 * size:
                assert grades.status[index, place] == Status.LOOSE
    # A member that is wrong has a gap of the size of its error and its residual, not more.
    assert np.all(np.isfinite(grades.gap))


@every_kind
def test_target_outside_is_not_certified(kind):
    """Its residual is zero, and only its distance from the class betrays it."""
    _, _, _, grades = certified(kind)
    place, refused = CANDIDATES.index("target"), 0
    for index in range(COUNT - 1):
        error = float(exact_distance(kind, index, grades.values[index, place]))
        if error > 1e-9 * scale(kind, index):
            refused += 1
            assert grades.status[index, place] == Status.LOOSE
            assert error <= grades.gap[index, place] <= 1e4 * error
    assert refused >= 5 or kind == "orthant"
    assert grades.status[COUNT - 1, place] == Status.CERTIFIED or kind in VALUE_KINDS


@every_kind
def test_pairing_covers_members(kind):
    problems, weights, _, grades = certified(kind)
    for index in range(COUNT):
        problem, masses = problems[index], exact.fractions(weights[index])
        target = exact.fractions(problem.target)
        for theta in problem.members:
            member = exact.fractions(theta)
            if kind not in VALUE_KINDS:
                member = exact.apply(exact.fractions(problem.features), member)
            for place in range(len(CANDIDATES)):
                values = exact.fractions(grades.values[index, place])
                residual = [a - b for a, b in zip(target, values, strict=True)]
                away = [a - b for a, b in zip(member, values, strict=True)]
                pairing = exact.inner(masses, residual, away)
                grade = jax.tree.map(lambda leaf, i=index, j=place: leaf[i, j], grades)
                square = exact.upper(exact.inner(masses, away, away))
                assert Fraction(float(grade.pairing(jnp.asarray(square)))) >= pairing


@every_kind
def test_pairing_is_attained_by_some_member(kind):
    """Two-sided: at a wrong member the exact projection shows that the bound is not idle."""
    problems, weights, _, grades = certified(kind)
    shares = []
    for index in range(COUNT - 1):
        target = exact.fractions(problems[index].target)
        point = exact.fractions([float(v) for v in exact_projection(kind, index)])
        masses = exact.fractions(weights[index])
        values = exact.fractions(grades.values[index, CANDIDATES.index("member")])
        residual = [a - b for a, b in zip(target, values, strict=True)]
        away = [a - b for a, b in zip(point, values, strict=True)]
        grade = jax.tree.map(lambda leaf, i=index: leaf[i, 2], grades)
        bound = grade.pairing(jnp.asarray(exact.upper(exact.inner(masses, away, away))))
        shares.append(float(exact.inner(masses, residual, away)) / float(bound))
    assert np.max(shares) >= 0.3
    assert np.max(shares) <= 1 + 1e-9


def test_nan_targets_are_nonfinite():
    for kind in ("subspace", "simplex", "monotone", "box"):
        problem = jax.tree.map(jnp.asarray, draw(kind, 0))
        hypothesis = build(kind, problem)
        bad = problem.target.at[2].set(jnp.nan)
        answer = certify(hypothesis, bad, problem.members[0])
        assert answer.status == Status.NONFINITE
        assert answer.gap == jnp.inf
        with pytest.raises(w2sjax.ProjectionError, match="NONFINITE"):
            raise_if_failed(answer)


def test_raise_if_failed():
    _, _, answers, grades = certified("simplex")
    fine = answers.status == Status.CERTIFIED
    good = jax.tree.map(lambda leaf: leaf[fine], answers)
    assert raise_if_failed(good) is good
    bad = jax.tree.map(lambda leaf: leaf[0], grades)
    with pytest.raises(w2sjax.ProjectionError, match=r"of 6 projections .*LOOSE, largest gap"):
        raise_if_failed(bad)


def test_tolerance_decides_the_status():
    problem = jax.tree.map(jnp.asarray, draw("simplex", 0))
    hypothesis = build("simplex", problem)
    answer = project(hypothesis, problem.target)
    near = answer.coefficients + 1e-3 * (problem.members[0] - answer.coefficients)
    loose = certify(hypothesis, problem.target, near, tolerance=1e-12)
    fine = certify(hypothesis, problem.target, near, tolerance=0.1)
    assert loose.status == Status.LOOSE and fine.status == Status.CERTIFIED
    assert loose.gap == fine.gap


def test_students_trained_elsewhere():
    """Values that no coefficients give exactly: what is off the class counts as infeasibility."""
    problem = jax.tree.map(jnp.asarray, draw("l2_ball", 0))
    hypothesis = build("l2_ball", problem)
    answer = project(hypothesis, problem.target)
    noise = jnp.asarray(np.random.default_rng(0).normal(size=SIZE))
    exact_values = [Fraction(float(v)) for v in exact_projection("l2_ball", 0)]
    masses = exact.fractions(hypothesis.weights)
    for share in (0.0, 1e-6, 1e-2):
        student = answer.values + share * noise
        grade = certify(hypothesis, problem.target, answer.coefficients, values=student)
        error = float(exact.distance(masses, exact.fractions(student), exact_values))
        assert error <= float(grade.gap) <= 100 * (share + share**2) + 1e-10
        np.testing.assert_array_equal(grade.values, student)


def test_radius_of_unbounded_sets():
    """Full rank needs none; a rank-deficient one covers members up to the radius reported."""
    random = np.random.default_rng(3)
    features = random.normal(size=(SIZE, DIMENSION))
    deficient = features.copy()
    deficient[:, 2] = features[:, 0] - 2 * features[:, 1]
    target = jnp.asarray(random.normal(size=SIZE))
    for kind in (Subspace(), Orthant()):
        full = project(hypothesis_class(kind, jnp.asarray(features)), target)
        assert full.radius == jnp.inf and full.status == Status.CERTIFIED
        some = project(hypothesis_class(kind, jnp.asarray(deficient)), target)
        assert jnp.isfinite(some.radius) and some.status == Status.LOOSE
        with pytest.raises(ProjectionError, match="covered up to a reach of"):
            raise_if_failed(some)
        wide = project(hypothesis_class(kind, jnp.asarray(deficient)), target, radius=1e6)
        assert wide.radius == 1e6
        assert wide.offset >= some.offset
        # Members up to the radius, in exact arithmetic, along the null space too.
        hypothesis = hypothesis_class(kind, jnp.asarray(deficient))
        masses, goal = exact.fractions(hypothesis.weights), exact.fractions(target)
        values = exact.fractions(wide.values)
        for theta in (np.array([1.0, -2.0, -1.0]) * 4e5, np.array([4e5, 3e5, 1e5])):
            if kind.name == "orthant":
                theta = np.abs(theta)
            member = exact.apply(exact.fractions(deficient), exact.fractions(theta))
            away = [a - b for a, b in zip(member, values, strict=True)]
            residual = [a - b for a, b in zip(goal, values, strict=True)]
            square = exact.upper(exact.inner(masses, away, away))
            bound = Fraction(float(wide.pairing(jnp.asarray(square))))
            assert bound >= exact.inner(masses, residual, away)
    bounded = project(hypothesis_class(Simplex(jnp.ones(())), jnp.asarray(deficient)), target)
    assert bounded.radius == jnp.inf


def test_wrong_arguments():
    problem = jax.tree.map(jnp.asarray, draw("simplex", 0))
    hypothesis = build("simplex", problem)
    with pytest.raises(ValueError, match=r"target: expected shape \(6,\), got \(5,\)"):
        certify(hypothesis, problem.target[:5], problem.members[0])
    with pytest.raises(ValueError, match=r"coefficients: expected shape \(3,\), got \(2,\)"):
        certify(hypothesis, problem.target, problem.members[0][:2])
    with pytest.raises(ValueError, match="target: expected the class's dtype float64, got float32"):
        certify(hypothesis, problem.target.astype(jnp.float32), problem.members[0])
