"""Small exact problems, and steps that may make one smaller: points, columns, numbers; needs nothing."""

import dataclasses
import functools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.sets import SHAPES, VALUES, member_near
from w2sjax.settings.records import left
from w2sjax.settings.shrinking import changes, portions, roundings

GRID = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "3", "-1/2", "-3", "4")))
POSITIVE = tuple(map(Fraction, ("1", "2", "1/2", "3")))
ZERO, ONE = Fraction(0), Fraction(1)
NUMBERS = ("features", "masses", "weak", "truth", "truth_intercept", "offset", "other",
           "other_intercept", "student", "student_intercept", "mixture")  # fmt: skip
# Which parameters of a set run along the coefficients.
COLUMNS = dict.fromkeys(("upper", "centre"), ("column",))
COLUMNS |= dict.fromkeys(("matrix", "equality"), ("row", "column"))
PAIRS = 12  # numbers of a problem that is small enough to change two at a time


def small(
    claim: Claim, kind: str | None, parameters: dict[str, Any] | None, seed: int
) -> Iterator[Problem]:
    """Draw small problems over a kind of set without end; `parameters` fixes the set.

    There are none over a kind that has no exact side.
    """
    if kind not in SHAPES:
        return
    source = random.Random(f"{seed} {kind} {claim.name}")
    while True:
        problem = _problem(source, claim, kind, parameters)
        if problem.fault() is None and not padding(problem):
            yield problem


def _problem(source: random.Random, claim: Claim, kind: str, given) -> Problem:
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
    free = kind == "affine"
    problem = Problem(
        set=kind,
        parameters=_parameters(source, kind, dimension, vector) if given is None else given,
        features=features,
        masses=vector(points, POSITIVE),
        weak=vector(points),
        truth=vector(dimension),
        truth_intercept=number() if free else ZERO,
        offset=[ZERO] * points if meaning_of(claim).realizable else vector(points),
        other=vector(dimension),
        other_intercept=number() if free else ZERO,
        student=vector(dimension),
        student_intercept=number() if free else ZERO,
        mixture=source.choice((Fraction(1, 2), Fraction(1, 3), Fraction(1, 4))),
    )
    return _repaired(problem, claim)


def _dimension(parameters: dict[str, Any]) -> int | None:
    for name in ("upper", "centre"):
        if name in parameters:
            return len(parameters[name])
    rows = [*parameters.get("matrix", ()), *parameters.get("equality", ())]
    return len(rows[0]) if rows else None


def _parameters(source: random.Random, kind: str, dimension: int, vector) -> dict[str, Any]:
    """Draw short parameters of a set; the origin is in a polyhedron."""
    if kind == "box":
        lower = vector(dimension)
        widths = vector(dimension, POSITIVE)
        return {"lower": lower, "upper": [a + b for a, b in zip(lower, widths, strict=True)]}
    if kind == "ellipsoid":
        rows = [[source.choice(POSITIVE) if i == j else source.choice(GRID) if j < i else ZERO
                 for j in range(dimension)] for i in range(dimension)]  # fmt: skip
        return {"lower": rows, "centre": vector(dimension)}
    if kind == "polyhedron":
        bound = [abs(value) for value in vector(dimension + 1)]
        matrix = [vector(dimension) for _ in bound]
        return {"matrix": matrix, "bound": bound, "equality": [], "level": []}
    return {name: ONE if name == "total" else source.choice(POSITIVE) for name in SHAPES[kind]}


def cost(problem: Problem) -> tuple[int, ...]:
    """Order problems: padding, points, coefficients, numbers that are not zero, digits."""
    numbers = list(problem.numbers(*NUMBERS[:-1], "parameters"))
    # A mass of one, like an offset of zero, need not be mentioned.
    written = sum(value != 0 for value in numbers) - sum(m == 1 for m in problem.masses)
    digits = sum(map(length, numbers)) + length(problem.mixture)
    return padding(problem), problem.size, problem.dimension, written, digits


def padding(problem: Problem) -> int:
    """Count points without mass and columns of zeros: a class of one function would show little."""
    present = [mass > 0 for mass in problem.masses]
    rows = [row for row, here in zip(problem.features or [], present, strict=False) if here]
    return sum(not any(column) for column in zip(*rows, strict=True)) + present.count(False)


def rounded(problem: Problem, claim: Claim) -> Iterator[Problem]:
    """Round all numbers, from coarse to fine, after scaling the values to order one."""
    size = max((abs(v) for v in [*problem.weak, *problem.function("target")]), default=ONE)
    scaled = problem
    if size > 0 and problem.set not in VALUES:
        digits = len(str(int(size))) - 1 if size >= 1 else -len(str(int(1 / size)))
        scaled = rescaled(problem, Fraction(10) ** -digits)
    for short in roundings():
        for start in (scaled, problem):
            yield _repaired(start.mapped(short), claim)


def rescaled(problem: Problem, factor: Fraction) -> Problem:
    """Multiply all values of functions; coefficients stay."""
    names = ("features", "weak", "offset", "truth_intercept", "other_intercept",
             "student_intercept")  # fmt: skip
    return problem.mapped(lambda value: value * factor, *names)


def _repaired(problem: Problem, claim: Claim) -> Problem:
    """Move the coefficients that have to be members into the set, where it is known how."""
    members = meaning_of(claim).members
    if not members or problem.fault() is not None:
        return problem
    near = functools.partial(member_near, problem.set, problem.parameters)
    found = {name: near(getattr(problem, name)) for name in members}
    return dataclasses.replace(problem, **{k: v for k, v in found.items() if v is not None})


def steps(problem: Problem, claim: Claim) -> Iterator[Problem]:
    """Propose smaller problems, the largest steps first."""
    for gone in portions(problem.size):
        yield _repaired(without_points(problem, gone), claim)
    for gone in portions(problem.dimension) if problem.features is not None else ():
        yield _repaired(_without_columns(problem, gone), claim)
    for name in ("offset", "other", "student", "truth", "weak"):
        zeros = [ZERO] * len(getattr(problem, name))
        yield _repaired(dataclasses.replace(problem, **{name: zeros}), claim)
    yield dataclasses.replace(problem, masses=[ONE] * problem.size)
    for change in _changed(problem):
        yield _repaired(change, claim)
    if sum(1 for _ in problem.numbers(*NUMBERS)) <= PAIRS:
        # One number may grow where another shrinks by more.
        for first in _changed(problem, shorter=False):
            for second in _changed(first):
                yield _repaired(second, claim)


def without_points(problem: Problem, gone: set[int]) -> Problem:
    """Leave out the points of these places."""
    fewer = problem.without("point", gone)
    return fewer if problem.features is not None else fewer.without("column", gone)


def _without_columns(problem: Problem, gone: set[int]) -> Problem:
    axes = COLUMNS | {"lower": ("column",) * SHAPES[problem.set].get("lower", 0)}
    kept = functools.partial(left, axis="column", gone=gone)
    parameters = {n: kept(value, axes.get(n, ())) for n, value in problem.parameters.items()}
    return dataclasses.replace(problem.without("column", gone), parameters=parameters)


def _changed(problem: Problem, *, shorter: bool = True) -> Iterator[Problem]:
    """Replace one number, by a shorter one; rows of constraints are left out one by one."""
    given = problem.parameters
    for rows, levels in (("matrix", "bound"), ("equality", "level")):
        for i in range(len(given.get(levels, ()))):
            fewer = {name: left(given[name], ("row",), "row", {i}) for name in (rows, levels)}
            yield dataclasses.replace(problem, parameters=given | fewer)
    for name in (*NUMBERS, "parameters"):
        for changed in changes(getattr(problem, name), shorter):
            yield dataclasses.replace(problem, **{name: changed})
