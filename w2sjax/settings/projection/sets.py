r"""Convex sets in rational numbers: what they are, membership, and a member near a point.

Parameters are nested lists of `Fraction`s by name. Needs nothing.
"""

from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import Vector, apply, dot, root_above, transpose

VALUES = ("monotone", "bounded_values", "bounded_monotone")  # sets of function values
LINEAR = ("subspace", "affine")
BALLS = ("l2_ball", "rkhs_ball", "ellipsoid")


# Parameters of every kind: single positive numbers, lists of numbers, lists of rows.
SHAPES: dict[str, dict[str, int]] = {
    "subspace": {},
    "affine": {},
    "orthant": {},
    "box": {"lower": 1, "upper": 1},
    "simplex": {"total": 0},
    "l1_ball": {"radius": 0},
    "l2_ball": {"radius": 0},
    "rkhs_ball": {"radius": 0},
    "ellipsoid": {"lower": 2, "centre": 1},
    "polyhedron": {"matrix": 2, "bound": 1, "equality": 2, "level": 1},
    "monotone": {},
    "bounded_values": {"bound": 0},
    "bounded_monotone": {"bound": 0},
}


def fault_of(kind: str, parameters: dict[str, Any], dimension: int) -> str | None:
    """Say why these are no parameters of a set of this kind."""
    depths = SHAPES[kind]
    if set(parameters) != set(depths):
        return f"parameters: expected {list(depths)}"
    for name, depth in depths.items():
        if not _deep(parameters[name], depth):
            return f"{name}: expected numbers, nested {depth} deep"
        if depth == 0 and parameters[name] <= 0:
            return f"{name}: expected a positive number"
        if depth == 1 and kind != "polyhedron" and len(parameters[name]) != dimension:
            return f"{name}: expected {dimension} numbers"
        height = {"matrix": "bound", "equality": "level"}.get(name)
        rows = dimension if height is None else len(parameters[height])
        if depth == 2 and [len(row) for row in parameters[name]] != [dimension] * rows:
            return f"{name}: expected {rows} rows of {dimension} numbers"
    lower = parameters.get("lower", [])
    if kind == "box" and any(a > b for a, b in zip(lower, parameters["upper"], strict=True)):
        return "lower: expected at most upper"
    if kind == "ellipsoid" and any(any(row[i + 1 :]) or not row[i] for i, row in enumerate(lower)):
        return "lower: expected a lower triangular matrix that is not singular"
    return None


def _deep(value: Any, depth: int) -> bool:
    if depth == 0:
        return isinstance(value, Fraction)
    return isinstance(value, list) and all(_deep(part, depth - 1) for part in value)


def contains(kind: str, parameters: dict[str, Any], point: Vector) -> bool:
    """Whether a point is a member, exactly."""
    if kind in LINEAR:
        return True
    if kind == "orthant":
        return min(point) >= 0
    if kind == "box":
        sides = zip(parameters["lower"], point, parameters["upper"], strict=True)
        return all(low <= value <= high for low, value, high in sides)
    if kind == "simplex":
        return min(point) >= 0 and sum(point) == parameters["total"]
    if kind == "l1_ball":
        return sum(map(abs, point)) <= parameters["radius"]
    if kind in BALLS:
        inner, radius = _unit(kind, parameters, point)
        return dot(inner, inner) <= radius**2
    if kind == "polyhedron":
        below = zip(apply(parameters["matrix"], point), parameters["bound"], strict=True)
        level = apply(parameters["equality"], point) == parameters["level"]
        return level and all(a <= b for a, b in below)
    sorted_ = all(a <= b for a, b in zip(point, point[1:], strict=False))
    bounded = "bound" not in parameters or max(map(abs, point)) <= parameters["bound"]
    return bounded and (sorted_ or kind == "bounded_values")


def _unit(kind, parameters, point) -> tuple[Vector, Fraction]:
    """Coordinates in which the set is the ball of the radius that is also returned."""
    if kind != "ellipsoid":
        return point, parameters["radius"]
    shift = [a - b for a, b in zip(point, parameters["centre"], strict=True)]
    return apply(transpose(parameters["lower"]), shift), Fraction(1)


def member_near(kind: str, parameters: dict[str, Any], point: Vector) -> Vector | None:
    """Find a member near a point, the point itself if it is one; None where none is known."""
    if contains(kind, parameters, point):
        return point
    moved = _moved(kind, parameters, point)
    return moved if contains(kind, parameters, moved) else None


def _moved(kind, parameters, point) -> Vector:
    if kind == "orthant":
        return [max(value, Fraction(0)) for value in point]
    if kind == "box":
        sides = zip(parameters["lower"], point, parameters["upper"], strict=True)
        return [min(max(low, value), high) for low, value, high in sides]
    if kind == "simplex":
        positive = [max(value, Fraction(0)) for value in point]
        total = sum(positive)
        if total == 0:
            return [parameters["total"], *point[1:]] if not any(point[1:]) else point
        return [value * parameters["total"] / total for value in positive]
    if kind == "l1_ball":
        return [value * parameters["radius"] / sum(map(abs, point)) for value in point]
    if kind in BALLS:
        inner, radius = _unit(kind, parameters, point)
        share = radius / root_above(dot(inner, inner), 64)
        centre = parameters.get("centre", [Fraction(0)] * len(point))
        return [c + share * (a - c) for a, c in zip(point, centre, strict=True)]
    if kind == "polyhedron":
        return point
    if "monotone" in kind:
        point = [max(point[: i + 1]) for i in range(len(point))]
    if "bound" in parameters:
        bound = parameters["bound"]
        point = [min(max(value, -bound), bound) for value in point]
    return point
