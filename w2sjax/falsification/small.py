"""Small exact instances: few points, one or two coefficients, short numbers; needs no JAX."""

import dataclasses
import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.problem import Problem
from w2sjax.falsification.problem_steps import padding
from w2sjax.falsification.sets import VALUES, member_near
from w2sjax.falsification.statements import Statement
from w2sjax.falsification.world import ABSTAINS, World
from w2sjax.falsification.world_quantities import ABSTAINING

GRID = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "3", "-1/2", "-3", "4")))
POSITIVE = tuple(map(Fraction, ("1", "2", "1/2", "3")))
ZERO = Fraction(0)


def small_problems(
    statement: Statement, kind: str, parameters: dict[str, Any] | None, seed: int
) -> Iterator[Problem]:
    """Draw small problems over a kind of set without end; `parameters` fixes the set."""
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


def small_worlds(statement: Statement, seed: int, *, points: int = 3) -> Iterator[World]:
    """Enumerate all worlds of two and of `points` unit points; then draw larger ones without end."""
    for count in range(2, points + 1):
        yield from _all_worlds(statement, count)
    source = random.Random(f"{seed} {statement.claim}")
    while True:
        yield _random_world(source, statement)


def _all_worlds(statement: Statement, count: int) -> Iterator[World]:
    """Enumerate families of one classifier and of two, and all values of q that matter."""
    labels = list(itertools.product((0, 1), repeat=count))
    one_label = statement.dropped != "one label"
    truths = [(0,) * count] if one_label else [t for t in labels if t[0] == t[-1] == 0]
    pairs = list(itertools.combinations(range(count), 2))
    arcs = pairs if statement.dropped != "symmetry" else pairs + [(y, x) for x, y in pairs]
    shares = sorted({Fraction(a, b) for b in range(1, count + 1) for a in range(b)})
    families = [(f,) for f in labels]
    if statement.dropped == "membership" or count < 3:
        families += [(f, g) for f in labels for g in labels]
    for hard in range(1, count):
        flags = [x < hard for x in range(count)]
        for truth, edges, family in itertools.product(truths, _subsets(arcs), families):
            graph = _graph(count, edges, one_way=statement.dropped == "symmetry")
            for teacher in _teachers(statement, flags):
                for q in shares:
                    yield World([Fraction(1)] * count, list(truth), teacher, flags, graph,
                                [list(row) for row in family], q)  # fmt: skip


def _teachers(statement: Statement, hard: list[bool]) -> Iterator[list[int]]:
    choices = [(ABSTAINS,) if statement.claim in ABSTAINING and part else (0, 1) for part in hard]
    return (list(teacher) for teacher in itertools.product(*choices))


def _subsets(items: list[Any]) -> Iterator[tuple[Any, ...]]:
    return itertools.chain.from_iterable(
        itertools.combinations(items, size) for size in range(len(items) + 1)
    )


def _graph(count: int, edges, *, one_way: bool) -> list[list[bool]]:
    graph = [[False] * count for _ in range(count)]
    for x, y in edges:
        graph[x][y] = True
        graph[y][x] |= not one_way
    return graph


def _random_world(source: random.Random, statement: Statement) -> World:
    count = source.randint(4, 7)
    hard_count = source.randint(1, count - 1)
    flags = [x < hard_count for x in range(count)]
    labels = 2 if source.random() < 0.7 else 3

    def row(zero):
        return [0 if source.random() < zero else source.randrange(labels) for _ in range(count)]

    one_label = statement.dropped != "one label" and source.random() < 0.7
    truth = [0] * count if one_label else row(0.7)
    teacher = row(source.random())
    if statement.claim in ABSTAINING:
        teacher = [ABSTAINS if part else a for a, part in zip(teacher, flags, strict=True)]
    rate = source.random()
    pairs = [p for p in itertools.combinations(range(count), 2) if source.random() < rate]
    if statement.dropped == "symmetry":
        pairs = [p if source.random() < 0.5 else p[::-1] for p in pairs]
    return World(
        masses=[Fraction(source.choice((1, 1, 2, 3))) for _ in range(count)],
        truth=truth,
        teacher=teacher,
        hard=flags,
        neighbours=_graph(count, pairs, one_way=statement.dropped == "symmetry"),
        classifiers=[row(source.random()) for _ in range(source.randint(1, 3))],
        q=Fraction(source.choice((0, 0, 0, 1, 1, 2)), source.choice((3, 4, 5))),
    )
