r"""Support functions of the convex sets by their closed forms; `fractions` alone."""

import itertools
from fractions import Fraction
from typing import Any

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.opinion import UnboundedError
from w2sjax.falsification.rationals import Vector, dot

BITS = 400  # of square roots


def support(kind: str, parameters: dict[str, Any], along: Vector) -> Interval:
    r"""Enclose $\sup_{u \in C} \langle v, u \rangle$ by the closed form of the set.

    Raises:
        UnboundedError: where it is infinite.
    """
    zero = Fraction(0)
    if kind in ("subspace", "affine"):
        if any(along):
            raise UnboundedError
        return exact(0)
    if kind == "orthant":
        if max(along) > 0:
            raise UnboundedError
        return exact(0)
    if kind == "box":
        sides = zip(parameters["lower"], parameters["upper"], along, strict=True)
        return exact(sum((max(a * v, b * v) for a, b, v in sides), zero))
    if kind == "simplex":
        return exact(parameters["total"] * max(along))
    if kind == "l1_ball":
        return exact(parameters["radius"] * max(map(abs, along)))
    if kind in ("l2_ball", "rkhs_ball"):
        return exact(dot(along, along)).root(BITS).scaled(parameters["radius"])
    if kind == "ellipsoid":
        solved: Vector = []
        for row, value in zip(parameters["lower"], along, strict=True):
            rest = value - dot(row[: len(solved)], solved)
            solved.append(rest / row[len(solved)])
        centre = exact(dot(along, parameters["centre"]))
        return exact(dot(solved, solved)).root(BITS) + centre
    if kind == "polyhedron":
        return exact(_dual(parameters, along))
    return _support_of_values(kind, parameters, along)


def _support_of_values(kind, parameters, along) -> Interval:
    zero = Fraction(0)
    if kind == "bounded_values":
        return exact(parameters["bound"] * sum(map(abs, along), zero))
    heads = list(itertools.accumulate(along))
    total = heads[-1]
    if kind == "monotone":
        # Summing by parts: the increments of u are not negative.
        if total != 0 or min(heads) < 0:
            raise UnboundedError
        return exact(0)
    return exact(parameters["bound"] * max(total - 2 * head for head in [zero, *heads]))


def _dual(parameters, along: Vector) -> Fraction:
    """Least dual value over independent sets of rows: linear programming by enumeration."""
    rows, levels = parameters["matrix"], parameters["bound"]
    fixed, heights = parameters["equality"], parameters["level"]
    best = None
    for count in range(len(along) + 1):
        for chosen in itertools.combinations(range(len(rows)), count):
            columns = [*fixed, *(rows[i] for i in chosen)]
            weights = _combine(columns, along)
            if weights is None or any(value < 0 for value in weights[len(fixed) :]):
                continue
            value = dot(weights, [*heights, *(levels[i] for i in chosen)])
            best = value if best is None else min(best, value)
    if best is None:
        raise UnboundedError
    return best


def _combine(vectors: list[Vector], wanted: Vector) -> Vector | None:
    """Write a vector as a combination of others; None if it is none, or not a unique one."""
    size = len(vectors)
    rows = [[v[i] for v in vectors] + [value] for i, value in enumerate(wanted)]
    done = 0
    for column in range(size):
        pivot = next((i for i in range(done, len(rows)) if rows[i][column] != 0), None)
        if pivot is None:
            return None
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for i, row in enumerate(rows):
            if i != done and row[column] != 0:
                factor = row[column]
                rows[i] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    if any(row[-1] != 0 for row in rows[done:]):
        return None
    return [rows[i][-1] for i in range(size)]
