"""Small worlds for Theorems 4.1 and 4.2 of Lang et al.: the teacher errs on less than half of S."""

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.constants import fitted, needs_constant, with_constants
from w2sjax.falsification.worlds.world import ABSTAINS, World

SILENT, RIGHT, WRONG = range(3)  # points of T, of S with a right label, of S with a wrong one
TEACHER = (ABSTAINS, 0, 1)
POPULATION = 2000


def small_coverage_worlds(
    statement: Statement, seed: int, *, enumerated: bool = True
) -> Iterator[World]:
    """Enumerate worlds of three points, then draw larger ones without end.

    Against the theorems as printed, every hundred drawn worlds are followed by evolved ones.
    """
    if enumerated:
        yield from _all_worlds(statement)
    source = random.Random(f"coverage {seed} {statement.claim}")
    for turn in itertools.count():
        if needs_constant(statement):
            yield from evolved_worlds(statement, source.randrange(10**9), turn)
        for _ in range(100):
            yield from fitted(random_coverage_world(source, statement), statement)


def evolved_worlds(statement: Statement, seed: int, turn: int, *, best: int = 4) -> Iterator[World]:
    """Give the best worlds of every generation, from five points and three labels on."""
    from w2sjax.falsification.worlds.evolving import evolved  # NumPy, which a replay does not need

    points, labels = ((5, 3), (6, 2), (6, 3), (7, 2))[turn % 4]
    for population in evolved(
        statement.claim, seed, POPULATION, points=points, labels=labels, classifiers=1 + turn % 2
    ):
        for place in population.ratings.argsort(kind="stable")[:best].tolist():
            if population.ratings[place] < float("inf"):
                yield from with_constants(population.world(place), statement)


def _all_worlds(statement: Statement) -> Iterator[World]:
    """One point of each part, that with the right label twice as heavy; f alone, or with another."""
    labels = list(itertools.product((0, 1), repeat=3))
    pairs = list(itertools.combinations(range(3), 2))
    families = [(f,) for f in labels] + [(f, g) for f in labels for g in labels if g != f]
    for family in families:
        for chosen in itertools.product((False, True), repeat=3):
            edges = [pair for pair, flag in zip(pairs, chosen, strict=True) if flag]
            world = _world((SILENT, RIGHT, WRONG), (1, 2, 1), edges, family)
            yield from fitted(world, statement)


def random_coverage_world(source: random.Random, statement: Statement) -> World:
    """Draw a world; half of the neighbours agree under f wherever they can."""
    parts = [SILENT] * source.randint(1, 4) + [RIGHT] * source.randint(1, 3)
    parts += [WRONG] * source.randint(1, 2)
    count, labels = len(parts), source.choice((2, 2, 3))
    masses = [source.choice((1, 1, 2, 3)) for _ in parts]
    bad = sum(m for m, part in zip(masses, parts, strict=True) if part == WRONG)
    masses[parts.index(RIGHT)] += source.choice((bad, 2 * bad, 4 * bad))

    def row(zero):
        return tuple(0 if source.random() < zero else source.randrange(labels) for _ in parts)

    family = [row(source.random()) for _ in range(source.randint(1, 3))]
    f, rate, stray = family[0], source.random(), source.random() / 2
    pairs = itertools.combinations(range(count), 2)
    edges = [(x, y) for x, y in pairs if source.random() < (rate if f[x] == f[y] else stray)]
    if statement.dropped == "symmetry":
        edges = [pair if source.random() < 0.5 else pair[::-1] for pair in edges]
    truth = [0] * count
    if statement.dropped == "one label" or source.random() < 0.2:
        truth = list(row(0.7))
    return _world(parts, masses, edges, family, truth, one_way=statement.dropped == "symmetry")


def _world(parts, masses, edges, family, truth=None, *, one_way=False) -> World:
    count = len(parts)
    graph = [[False] * count for _ in parts]
    for x, y in edges:
        graph[x][y] = True
        graph[y][x] |= not one_way
    return World(
        masses=[Fraction(mass) for mass in masses],
        truth=[0] * count if truth is None else truth,
        teacher=[TEACHER[part] for part in parts],
        hard=[part == SILENT for part in parts],
        neighbours=graph,
        classifiers=[list(row) for row in family],
        q=Fraction(0),
    )
