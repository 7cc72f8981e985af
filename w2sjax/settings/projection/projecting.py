r"""Projections in exact arithmetic: rational where the answer is, enclosed in a ball where not.

The weighted problem over coefficients, $\min \sum_i w_i (y_i - (H\theta + c)_i)^2$, is solved through
its Gram matrix. Subspaces by elimination, polyhedral sets by complementary pivoting, Euclidean balls
through the secular equation: the multiplier is bracketed by rationals, with signs decided exactly.
"""

import dataclasses
from typing import Any

from flint import fmpq

from w2sjax.arithmetic.flint_numbers import inner, rational, rationals
from w2sjax.settings.projection.balls import on_ball, on_ellipsoid
from w2sjax.settings.projection.normal_equations import any_solution, normal_equations
from w2sjax.settings.projection.pivoting import minimise
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.sets import BALLS, LINEAR, VALUES


@dataclasses.dataclass(frozen=True)
class Student:
    """A projection: its values, and coefficients that a checker can judge.

    Attributes:
        values: rational, or enclosures (arb) where the answer is not.
        coefficients: of the projection, or of a member next to it.
        intercept: the constant.
        multipliers: of the constraints of a polyhedron, for masses that sum to 1.
    """

    values: list[Any]
    coefficients: list[Any]
    intercept: Any
    multipliers: list[Any] = dataclasses.field(default_factory=list)


def project(problem: Problem, label: list[fmpq], precision: int) -> Student | None:
    """Project a label on the class; None where this kind of set is out of reach.

    The caller sets flint's own precision, at which enclosures are computed, above `precision`.
    """
    weights = rationals(problem.masses)
    if problem.set in VALUES:
        return _values(problem, weights, label)
    features = [rationals(row) for row in problem.features or []]
    label_mean, total = fmpq(0), sum(weights, fmpq(0))
    means = [fmpq(0)] * problem.dimension
    if problem.intercept:
        label_mean = inner(weights, label) / total
        columns = zip(*features, strict=True)
        means = [inner(weights, list(column)) / total for column in columns]
    centred = [[a - m for a, m in zip(row, means, strict=True)] for row in features]
    target = [value - label_mean for value in label]
    theta, enclosure, multipliers = _coefficients(problem, centred, weights, target, precision)
    if theta is None:
        return None
    constant = label_mean - inner(means, theta)
    values = [inner(row, enclosure or theta) + constant for row in features]
    return Student(values, theta, constant, [m / total for m in multipliers])


def _coefficients(problem, features, weights, target, precision):
    """Coefficients, their enclosure where they are not exact, and multipliers."""
    parameters = problem.parameters
    if problem.set == "ellipsoid":
        return *on_ellipsoid(parameters, features, weights, target, precision), []
    gram, moment = normal_equations(features, weights, target)
    if problem.set in LINEAR:
        return any_solution(gram, moment), None, []
    if problem.set in BALLS:
        return *on_ball(gram, moment, rational(parameters["radius"]), precision), []
    found = on_polyhedral(problem.set, parameters, gram, moment, problem.dimension)
    return (None, None, []) if found is None else (found[0], None, found[1])


def on_polyhedral(
    kind: str, parameters: dict[str, Any], gram: Any, moment: Any, dimension: int
) -> tuple[list[Any], list[Any]] | None:
    r"""Minimise over a polyhedral set; None where the kind is another or there is no minimiser.

    Write the set as $\theta = t + Sx$, $x \ge 0$, $Ax \le b$. The multipliers are those of the rows of a
    polyhedron: with them its constraints add up to the direction $m - G\theta$.
    """
    zero, one = fmpq(0), fmpq(1)
    unit = [[one if i == j else zero for j in range(dimension)] for i in range(dimension)]
    start, signs = [zero] * dimension, (1,)
    matrix: list[list[fmpq]] = []
    bound: list[fmpq] = []
    if kind == "box":
        start = rationals(parameters["lower"])
        upper = rationals(parameters["upper"])
        matrix, bound = unit, [b - a for a, b in zip(start, upper, strict=True)]
    elif kind == "simplex":
        total = rational(parameters["total"])
        matrix, bound = [[one] * dimension, [-one] * dimension], [total, -total]
    elif kind == "l1_ball":
        signs = (1, -1)
        matrix, bound = [[one] * (2 * dimension)], [rational(parameters["radius"])]
    elif kind == "polyhedron":
        signs = (1, -1)
        fixed, levels = map(rationals, parameters["equality"]), rationals(parameters["level"])
        rows = [*map(rationals, parameters["matrix"]), *fixed]
        rows += [[-v for v in row] for row in rows[len(parameters["bound"]) :]]
        bound = rationals(parameters["bound"]) + levels + [-value for value in levels]
        matrix = [[*row, *(-value for value in row)] for row in rows]
    elif kind != "orthant":
        return None
    pull = [m - inner(row, start) for m, row in zip(moment, gram, strict=True)]
    quadratic = [[a * b * value for b in signs for value in row] for a in signs for row in gram]
    linear = [a * value for a in signs for value in pull]
    found = minimise(quadratic, linear, matrix, bound)
    if found is None:
        return None
    x, multipliers = found
    parts = [x[i * dimension : (i + 1) * dimension] for i in range(len(signs))]
    moved = [sum((s * v for s, v in zip(signs, p, strict=True)), fmpq(0))
             for p in zip(*parts, strict=True)]  # fmt: skip
    theta = [a + b for a, b in zip(start, moved, strict=True)]
    if kind != "polyhedron":
        return theta, []
    # An equality is two inequalities here.
    inside, fixed = len(parameters["bound"]), len(parameters["level"])
    split = multipliers[inside : inside + fixed], multipliers[inside + fixed :]
    return theta, [*multipliers[:inside], *(a - b for a, b in zip(*split, strict=True))]


def _values(problem, weights, label) -> Student | None:
    values = label
    if "monotone" in problem.set:
        values = _isotonic(label, weights)
    if "bound" in problem.parameters:
        bound = rational(problem.parameters["bound"])
        values = [min(max(value, -bound), bound) for value in values]
    return Student(values, values, fmpq(0))


def _isotonic(label, weights):
    """Pool adjacent violators; points without mass take the value of their left neighbour."""
    blocks: list[tuple[Any, Any, int]] = []  # value, mass, points
    for value, weight in zip(label, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1:
            (first, left, before), (second, right, here) = blocks[-2:]
            if left != 0 and right != 0 and first < second:
                break
            mass = left + right
            mean = (first * left + second * right) / mass if mass != 0 else value
            blocks[-2:] = [(mean, mass, before + here)]
    return [value for value, _, count in blocks for _ in range(count)]
