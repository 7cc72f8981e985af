r"""Support functions of the convex sets by their closed forms; `fractions` alone."""

import itertools
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact
from w2sjax.arithmetic.rationals import Vector, apply, dot, transpose
from w2sjax.settings.exact import RefusedError

BITS = 400  # of square roots


def support(
    kind: str, parameters: dict[str, Any], along: Vector, multipliers: Vector | None = None
) -> Interval:
    r"""Enclose $\sup_{u \in C} \langle v, u \rangle$ by the closed form of the set.

    Of a polyhedron $\{A\theta \le b, C\theta = d\}$ it is bounded from above only, by
    $b^\top \lambda + d^\top \nu$ for stated multipliers $\lambda \ge 0$ and $\nu$ with $A^\top \lambda +
    C^\top \nu = v$ (weak duality).

    Raises:
        UnboundedError: where it is infinite.
        RefusedError: where the multipliers are not stated, or do not show anything.
    """
    zero = Fraction(0)
    if kind in ("subspace", "affine", "orthant"):
        if any(along) if kind != "orthant" else max(along) > 0:
            raise UnboundedError("a direction without end")
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
        return exact(_dual(parameters, along, multipliers))
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
            raise UnboundedError("a direction without end")
        return exact(0)
    return exact(parameters["bound"] * max(total - 2 * head for head in [zero, *heads]))


def _dual(parameters, along: Vector, multipliers: Vector | None) -> Fraction:
    rows = [*parameters["matrix"], *parameters["equality"]]
    levels = [*parameters["bound"], *parameters["level"]]
    if multipliers is None or len(multipliers) != len(rows):
        raise RefusedError("the multipliers of a polyhedron are not stated")
    if min(multipliers[: len(parameters["bound"])], default=0) < 0:
        raise RefusedError("a multiplier is negative")
    if (apply(transpose(rows), multipliers) if rows else [Fraction(0)] * len(along)) != along:
        raise RefusedError("the multipliers do not add up to the direction")
    return dot(multipliers, levels)
