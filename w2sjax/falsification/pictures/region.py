r"""The class of a projection problem in the plane: a point, segment, line, polygon or ellipse.

With two points of mass $w_1, w_2$ a function is the point $(\sqrt{w_1} f(x_1), \sqrt{w_2} f(x_2))$, and
distances in the plane are those of $L^2$. The class is the image of a convex set under a linear map; sets
with corners are listed by their vertices inside a large box, which the axes then clip.
"""

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull

from w2sjax.settings.projection.instance import Instance
from w2sjax.settings.projection.sets import BALLS

FAR = 1e3  # stands for infinity: pictures are a few units wide
Points = np.ndarray


def coordinates(problem: Instance, values) -> np.ndarray:
    """Place a function in the plane; with one point of mass, on the horizontal axis."""
    masses = np.array([float(mass) for mass in problem.masses])
    held = np.flatnonzero(masses)
    place = np.sqrt(masses[held] / masses.sum()) * np.array([float(values[i]) for i in held])
    return np.append(place, [0.0] * (2 - len(place)))


def region(problem: Instance) -> tuple[Points, bool]:
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


def _ellipse(problem: Instance, columns: np.ndarray) -> Points:
    """Map the unit sphere of the coefficients: the boundary of its image."""
    given = _floats(problem)
    if problem.set == "ellipsoid":
        centre = columns @ given["centre"]
        linear = columns @ np.linalg.inv(given["lower"].T)
    else:
        linear, centre = given["radius"] * columns, np.zeros(2)
    turned, sizes, _ = np.linalg.svd(linear)
    sizes = np.append(sizes, [0.0] * (2 - len(sizes)))
    around = np.linspace(0, 2 * np.pi, 241)
    circle = np.stack([sizes[0] * np.cos(around), sizes[1] * np.sin(around)])
    return (centre[:, None] + turned @ circle).T


def _vertices(problem: Instance) -> list[np.ndarray]:
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


def _constraints(problem: Instance) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Write the set as rows . theta <= levels, those listed with equality."""
    size, kind, given = problem.dimension, problem.set, _floats(problem)
    unit = np.eye(size)
    parts: list[tuple[Any, Any]] = [(unit, FAR), (-unit, FAR)]
    if kind in ("orthant", "simplex"):
        parts.append((-unit, 0))
    if kind == "box":
        parts += [(unit, given["upper"]), (-unit, -given["lower"])]
    if kind == "l1_ball":
        parts.append((list(itertools.product((-1, 1), repeat=size)), given["radius"]))
    if kind in ("bounded_values", "bounded_monotone"):
        parts += [(unit, given["bound"]), (-unit, given["bound"])]
    if "monotone" in kind:
        parts.append((unit[:-1] - unit[1:], 0))
    equalities: tuple[Any, Any] = (np.ones((int(kind == "simplex"), size)), given.get("total", 0))
    if kind == "polyhedron":
        parts.append((given["matrix"], given["bound"]))
        equalities = given["equality"], given["level"]
    rows = [np.reshape(part, (-1, size)) for part, _ in (*parts, equalities)]
    bounds = [level for _, level in (*parts, equalities)]
    levels = [np.broadcast_to(*one) for one in zip(bounds, map(len, rows), strict=True)]
    count = sum(map(len, rows))
    return np.vstack(rows), np.concatenate(levels), list(range(count - len(rows[-1]), count))


def _floats(problem: Instance) -> dict[str, np.ndarray]:
    return {name: np.array(value, float) for name, value in problem.parameters.items()}


def hull(points: Points) -> Points:
    """Give the corners of the convex hull, counterclockwise: one for a point, two for a segment."""
    rows = np.unique(np.round(points, 9), axis=0)
    if np.linalg.matrix_rank(rows - rows[0], tol=1e-8) < 2:
        return rows[[0, -1]] if len(rows) > 1 else rows
    return rows[ConvexHull(rows).vertices]
