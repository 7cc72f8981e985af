"""Small worlds: all those of few points, then random ones; needs no JAX."""

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.names import ABSTAINING, PRINTED
from w2sjax.falsification.worlds.small_coverage import small_coverage_worlds
from w2sjax.falsification.worlds.world import ABSTAINS, World


def small_worlds(statement: Statement, seed: int, *, points: int = 3) -> Iterator[World]:
    """Enumerate all worlds of two and of `points` unit points; then draw larger ones without end."""
    if statement.claim in PRINTED:
        yield from small_coverage_worlds(statement, seed, enumerated=points > 1)
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
