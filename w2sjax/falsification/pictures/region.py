r"""The class of a projection problem in the plane: a point, segment, line, polygon or ellipse.

With two points of mass $w_1, w_2$ a function is the point $(\sqrt{w_1} f(x_1), \sqrt{w_2} f(x_2))$, and
distances in the plane are those of $L^2$. The class is the image of a convex set under a linear map; sets
with corners are listed by their vertices inside a large box, which the axes then clip.
"""

import itertools
from fractions import Fraction

import numpy as np

from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.sets import BALLS

FAR = 1e3  # stands for infinity: pictures are a few units wide
Points = np.ndarray


def coordinates(problem: Problem, values) -> np.ndarray:
    """Place a function in the plane; with one point of mass, on the horizontal axis."""
    masses = np.array([float(mass) for mass in problem.masses])
    held = np.flatnonzero(masses)
    place = np.sqrt(masses[held] / masses.sum()) * np.array([float(values[i]) for i in held])
    return np.append(place, [0.0] * (2 - len(place)))


def region(problem: Problem) -> tuple[Points, bool]:
    """Outline the class, corner by corner; also says whether the outline is one of an ellipse."""
    dimension = problem.dimension
    units = [[Fraction(i == j) for j in range(dimension)] for i in range(dimension)]
    columns = np.stack([coordinates(problem, problem.values(unit)) for unit in units], axis=1)
    if problem.set in BALLS:
        outline = _ellipse(problem, columns)
        thin = np.linalg.matrix_rank(columns, tol=1e-9) < 2
        return (hull(outline), False) if thin else (outline, True)
    corners = [columns @ corner for corner in _vertices(problem)]
    if problem.intercept:
        constant = coordinates(problem, [Fraction(1)] * problem.size)
        corners = [corner + FAR * sign * constant for corner in corners for sign in (-1, 1)]
    return hull(np.array(corners)), False


def _ellipse(problem: Problem, columns: np.ndarray) -> Points:
    """Map the unit sphere of the coefficients: the boundary of its image."""
    parameters = problem.parameters
    if problem.set == "ellipsoid":
        lower = np.array([[float(value) for value in row] for row in parameters["lower"]])
        centre = columns @ np.array([float(value) for value in parameters["centre"]])
        linear = columns @ np.linalg.inv(lower.T)
    else:
        linear, centre = float(parameters["radius"]) * columns, np.zeros(2)
    turned, sizes, _ = np.linalg.svd(linear)
    sizes = np.append(sizes, [0.0] * (2 - len(sizes)))
    around = np.linspace(0, 2 * np.pi, 241)
    circle = np.stack([sizes[0] * np.cos(around), sizes[1] * np.sin(around)])
    return (centre[:, None] + turned @ circle).T


def _vertices(problem: Problem) -> list[np.ndarray]:
    """List the vertices of the coefficients' set within a large box."""
    rows, levels, equal = _constraints(problem)
    size = problem.dimension
    found = []
    for chosen in itertools.combinations(range(len(rows)), size):
        if not set(equal) <= set(chosen):
            continue
        matrix, level = rows[list(chosen)], levels[list(chosen)]
        if abs(np.linalg.det(matrix)) < 1e-9:
            continue
        point = np.linalg.solve(matrix, level)
        slack = levels - rows @ point
        if slack.min() >= -1e-7 and abs(slack[equal]).max(initial=0) < 1e-7:
            found.append(point)
    return found


def _constraints(problem: Problem) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Write the set as rows . theta <= levels, those listed with equality."""
    size, parameters = problem.dimension, problem.parameters
    unit = np.eye(size)
    rows, levels = [*unit, *-unit], [FAR] * (2 * size)
    equal = 0

    def add(row, level):
        rows.append(np.array([float(value) for value in row]))
        levels.append(float(level))

    if problem.set in ("orthant", "simplex"):
        for i in range(size):
            add(-unit[i], 0)
    if problem.set == "simplex":
        add(np.ones(size), parameters["total"])
        equal = 1
    if problem.set == "box":
        for i in range(size):
            add(unit[i], parameters["upper"][i])
            add(-unit[i], -parameters["lower"][i])
    if problem.set == "l1_ball":
        for signs in itertools.product((-1, 1), repeat=size):
            add(signs, parameters["radius"])
    if problem.set in ("bounded_values", "bounded_monotone"):
        for i in range(size):
            add(unit[i], parameters["bound"])
            add(-unit[i], parameters["bound"])
    if "monotone" in problem.set:
        for i in range(size - 1):
            add(unit[i] - unit[i + 1], 0)
    if problem.set == "polyhedron":
        for row, level in zip(parameters["matrix"], parameters["bound"], strict=True):
            add(row, level)
        for row, level in zip(parameters["equality"], parameters["level"], strict=True):
            add(row, level)
        equal = len(parameters["equality"])
    count = len(rows)
    return np.array(rows), np.array(levels), list(range(count - equal, count))


def hull(points: Points) -> Points:
    """Give the corners of the convex hull, counterclockwise: one for a point, two for a segment."""
    rows = sorted({(round(x, 9), round(y, 9)) for x, y in points.tolist()})
    if len(rows) < 3:
        return np.array(rows)

    def side(order):
        chain: list[tuple[float, float]] = []
        for point in order:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 1e-9:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return np.array(side(rows) + side(rows[::-1]))


def _turn(a, b, c) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
