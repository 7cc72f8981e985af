"""Local search on finite worlds: one change after another that does not raise the slack, exactly."""

import dataclasses
import random
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.decision import OUTSIDE
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.constants import needs_constant
from w2sjax.falsification.worlds.deciding import decide_world
from w2sjax.falsification.worlds.names import ABSTAINING, PRINTED
from w2sjax.falsification.worlds.small import small_worlds
from w2sjax.falsification.worlds.small_coverage import evolved_worlds
from w2sjax.falsification.worlds.world import ABSTAINS, World

STEPS = 150


def walks(statement: Statement, seed: int, restarts: int) -> Iterator[tuple[World, float]]:
    """Walk downhill from random worlds; yields every world that was looked at, with its slack."""
    if needs_constant(statement):
        yield from _evolution(statement, seed, restarts)
        return
    source = random.Random(f"walk {seed} {statement.claim}")
    starts = small_worlds(statement, seed + 1, points=1)
    for _ in range(restarts):
        world, slack = next(starts), float("inf")
        for _ in range(STEPS):
            candidate = mutated(world, source, statement)
            if candidate.fault() is not None:
                continue
            decision = decide_world(statement, candidate)
            if decision.outcome == OUTSIDE:
                continue
            yield candidate, decision.slack
            if decision.slack <= slack:
                world, slack = candidate, decision.slack


def _evolution(statement: Statement, seed: int, restarts: int) -> Iterator[tuple[World, float]]:
    """Let populations evolve against a theorem as printed, c stated."""
    for turn in range(restarts):
        for world in evolved_worlds(statement, seed, turn):
            decision = decide_world(statement, world)
            if decision.outcome != OUTSIDE:
                yield world, decision.slack


def mutated(world: World, source: random.Random, statement: Statement) -> World:
    """Change one edge, one label, one mass or q."""
    kind = source.choice(("edge", "edge", "teacher", "f", "f", "family", "mass", "q", "truth"))
    x, y = source.randrange(world.size), source.randrange(world.size)
    labels = 3 if statement.claim in PRINTED else 2
    if kind == "edge" and x != y:
        graph = [list(row) for row in world.neighbours]
        graph[x][y] = not graph[x][y]
        if statement.dropped != "symmetry":
            graph[y][x] = graph[x][y]
        return dataclasses.replace(world, neighbours=graph)
    if kind == "teacher":
        silent = statement.claim in ABSTAINING and world.hard[x]
        label = ABSTAINS if silent else source.randrange(2)
        return dataclasses.replace(world, teacher=_with(world.teacher, x, label))
    if kind == "truth":
        return dataclasses.replace(world, truth=_with(world.truth, x, source.randrange(2)))
    if kind in ("f", "family"):
        g = 0 if kind == "f" else source.randrange(len(world.classifiers))
        row = _with(world.classifiers[g], x, source.randrange(labels))
        return dataclasses.replace(world, classifiers=_with(world.classifiers, g, row))
    if kind == "mass":
        masses = _with(world.masses, x, Fraction(source.randint(1, 4)))
        return dataclasses.replace(world, masses=masses)
    return dataclasses.replace(world, q=Fraction(source.randint(0, 3), 4))


def _with(values, place, value):
    return [*values[:place], value, *values[place + 1 :]]
