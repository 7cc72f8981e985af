"""Small exact instances: few points, one or two coefficients, short numbers; needs no JAX."""

import dataclasses
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.sets import SHAPES, VALUES, member_near
from w2sjax.falsification.projection.steps import padding
from w2sjax.falsification.statement import Statement

GRID = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "3", "-1/2", "-3", "4")))
POSITIVE = tuple(map(Fraction, ("1", "2", "1/2", "3")))
ZERO = Fraction(0)


def small_problems(
    statement: Statement, kind: str, parameters: dict[str, Any] | None, seed: int
) -> Iterator[Problem]:
    """Draw small problems over a kind of set without end; `parameters` fixes the set.

    There are none over a kind that has no exact side.
    """
    if kind not in SHAPES:
        return
    source = random.Random(f"{seed} {kind} {statement.claim}")
    while True:
        problem = _problem(source, statement, kind, parameters)
        if problem.fault() is None and not padding(problem):
            yield problem


def _problem(source: random.Random, statement: Statement, kind: str, given) -> Problem:
    def number(grid=GRID):
        # Small numbers more often than large ones.
        return grid[min(source.randrange(len(grid)), source.randrange(len(grid)))]

    def vector(size, grid=GRID):
        return [number(grid) for _ in range(size)]

    points = source.choice((1, 2, 2, 2, 3))
    dimension = points if kind in VALUES else source.choice((1, 1, 1, 2))
    if given is not None:
        dimension = _dimension(given) or dimension
        points = dimension if kind in VALUES else points
    features = None if kind in VALUES else [vector(dimension) for _ in range(points)]
    realizable = "realizability" in statement.hypotheses
    free = kind == "affine"
    problem = Problem(
        set=kind,
        parameters=_parameters(source, kind, dimension, vector) if given is None else given,
        features=features,
        masses=vector(points, POSITIVE),
        weak=vector(points),
        truth=vector(dimension),
        truth_intercept=number() if free else ZERO,
        offset=[ZERO] * points if realizable else vector(points),
        other=vector(dimension),
        other_intercept=number() if free else ZERO,
        student=vector(dimension),
        student_intercept=number() if free else ZERO,
        mixture=source.choice((Fraction(1, 2), Fraction(1, 3), Fraction(1, 4))),
    )
    if problem.fault() is not None:
        return problem
    moved = {n: member_near(kind, problem.parameters, getattr(problem, n))
             for n in statement.members}  # fmt: skip
    return dataclasses.replace(problem, **{n: v for n, v in moved.items() if v is not None})


def _dimension(parameters: dict[str, Any]) -> int | None:
    for name in ("upper", "centre"):
        if name in parameters:
            return len(parameters[name])
    if "matrix" in parameters:
        rows = [*parameters["matrix"], *parameters["equality"]]
        return len(rows[0]) if rows else None
    return None


def _parameters(source: random.Random, kind: str, dimension: int, vector) -> dict[str, Any]:
    """Draw short parameters of a set; the origin is in a polyhedron."""
    if kind in ("simplex",):
        return {"total": Fraction(1)}
    if kind in ("l1_ball", "l2_ball", "rkhs_ball"):
        return {"radius": source.choice(POSITIVE)}
    if kind in ("bounded_values", "bounded_monotone"):
        return {"bound": source.choice(POSITIVE)}
    if kind == "box":
        lower = vector(dimension)
        widths = vector(dimension, POSITIVE)
        return {"lower": lower, "upper": [a + b for a, b in zip(lower, widths, strict=True)]}
    if kind == "ellipsoid":
        rows = [[source.choice(POSITIVE) if i == j else source.choice(GRID) if j < i else ZERO
                 for j in range(dimension)] for i in range(dimension)]  # fmt: skip
        return {"lower": rows, "centre": vector(dimension)}
    if kind == "polyhedron":
        rows = dimension + 1
        bound = [abs(value) for value in vector(rows)]
        return {"matrix": [vector(dimension) for _ in range(rows)], "bound": bound,
                "equality": [], "level": []}  # fmt: skip
    return {}
