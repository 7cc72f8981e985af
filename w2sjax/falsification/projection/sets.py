r"""Convex sets in rational numbers: what they are, membership, and a member near a point.

Parameters are nested lists of `Fraction`s by name. Needs no JAX.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.falsification.rationals import Vector, apply, dot, root_above, transpose

VALUES = ("monotone", "bounded_values", "bounded_monotone")  # sets of function values
LINEAR = ("subspace", "affine")
BALLS = ("l2_ball", "rkhs_ball", "ellipsoid")


def _numbers(*names: str) -> Callable[[dict[str, Any], int], str | None]:
    """Ask for positive numbers of these names."""

    def fault(parameters, dimension):
        del dimension
        for name in names:
            if not isinstance(parameters.get(name), Fraction) or parameters[name] <= 0:
                return f"{name}: expected a positive number"
        return None if set(parameters) == set(names) else f"parameters: expected {list(names)}"

    return fault


def _box(parameters, dimension):
    lower, upper = parameters["lower"], parameters["upper"]
    if len(lower) != dimension or len(upper) != dimension:
        return f"lower, upper: expected {dimension} numbers each"
    ordered = all(a <= b for a, b in zip(lower, upper, strict=True))
    return None if ordered else "lower: expected at most upper"


def _ellipsoid(parameters, dimension):
    lower = parameters["lower"]
    if [len(row) for row in lower] != [dimension] * dimension:
        return f"lower: expected {dimension} rows of {dimension} numbers"
    if len(parameters["centre"]) != dimension:
        return f"centre: expected {dimension} numbers"
    if any(lower[i][j] != 0 for i in range(dimension) for j in range(i + 1, dimension)):
        return "lower: expected a lower triangular matrix"
    return None if all(lower[i][i] != 0 for i in range(dimension)) else "lower: singular"


def _polyhedron(parameters, dimension):
    for rows, levels in (("matrix", "bound"), ("equality", "level")):
        if [len(row) for row in parameters[rows]] != [dimension] * len(parameters[levels]):
            return f"{rows}: expected {len(parameters[levels])} rows of {dimension} numbers"
    return None


# Parameters that are not single numbers: lists of them, and lists of rows.
DEPTHS: dict[str, dict[str, int]] = {
    "box": {"lower": 1, "upper": 1},
    "ellipsoid": {"lower": 2, "centre": 1},
    "polyhedron": {"matrix": 2, "bound": 1, "equality": 2, "level": 1},
}

SHAPES: dict[str, Callable[[dict[str, Any], int], str | None]] = {
    "subspace": _numbers(),
    "affine": _numbers(),
    "orthant": _numbers(),
    "box": _box,
    "simplex": _numbers("total"),
    "l1_ball": _numbers("radius"),
    "l2_ball": _numbers("radius"),
    "rkhs_ball": _numbers("radius"),
    "ellipsoid": _ellipsoid,
    "polyhedron": _polyhedron,
    "monotone": _numbers(),
    "bounded_values": _numbers("bound"),
    "bounded_monotone": _numbers("bound"),
}


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
