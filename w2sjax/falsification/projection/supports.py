r"""Support functions of the convex sets by their closed forms; `fractions` alone."""

import itertools
from fractions import Fraction
from typing import Any

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.opinion import UnboundedError
from w2sjax.falsification.projection.linear_program import least
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
    r"""Least $b^\top \lambda + d^\top \nu$ with $A^\top \lambda + C^\top \nu = v$, $\lambda \ge 0$."""
    rows, fixed = parameters["matrix"], parameters["equality"]
    opposite = [[-value for value in row] for row in fixed]
    heights = parameters["level"]
    cost = [*parameters["bound"], *heights, *(-height for height in heights)]
    columns = [*rows, *fixed, *opposite]
    value = least([[row[i] for row in columns] for i in range(len(along))], along, cost)
    if value is None:
        raise UnboundedError
    return value
