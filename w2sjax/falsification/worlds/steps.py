"""Steps that may make a finite world smaller: points, classifiers, edges, labels, masses."""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.rationals import length, simplest
from w2sjax.falsification.worlds.world import World


def cost(world: World) -> tuple[int, ...]:
    """Order worlds: points, classifiers, edges, labels that are not 0, digits."""
    edges = sum(map(sum, world.neighbours))
    rows = (world.truth, world.teacher, *world.classifiers)
    labels = sum(abs(label) for row in rows for label in row)
    digits = sum(map(length, world.masses)) + 4 * length(world.q)
    return world.size, len(world.classifiers), edges, labels, digits


def steps(world: World) -> Iterator[World]:
    """Propose smaller worlds, the largest steps first."""
    for x in range(world.size):
        if world.size > 1:
            yield _without_point(world, x)
    for x in range(world.size):
        for y in range(world.size - 1):
            # Another point takes over the part of the one that is left out.
            shorter = _without_point(world, x)
            hard = [part != (z == y) for z, part in enumerate(shorter.hard)]
            yield dataclasses.replace(shorter, hard=hard)
    for g in range(1, len(world.classifiers)):
        family = [*world.classifiers[:g], *world.classifiers[g + 1 :]]
        yield dataclasses.replace(world, classifiers=family)
    for x in range(world.size):
        for y in range(world.size):
            if world.neighbours[x][y]:
                yield _without_edges(world, {(x, y), (y, x)})
                yield _without_edges(world, {(x, y)})
    for name in ("truth", "teacher"):
        for changed in _shorter(getattr(world, name)):
            yield dataclasses.replace(world, **{name: changed})
    for g, labels in enumerate(world.classifiers):
        for changed in _shorter(labels):
            family = [*world.classifiers[:g], changed, *world.classifiers[g + 1 :]]
            yield dataclasses.replace(world, classifiers=family)
    yield dataclasses.replace(world, masses=[Fraction(1)] * world.size)
    for x, mass in enumerate(world.masses):
        for other in (Fraction(1), Fraction(2), Fraction(mass // 2)):
            if length(other) < length(mass):
                masses = [*world.masses[:x], other, *world.masses[x + 1 :]]
                yield dataclasses.replace(world, masses=masses)
    for low in (Fraction(0), world.q / 2, world.q * Fraction(7, 8)):
        yield dataclasses.replace(world, q=simplest(low, world.q))


def _without_point(world: World, x: int) -> World:
    def keep(values: list[Any]) -> list[Any]:
        return [*values[:x], *values[x + 1 :]]

    return World(
        masses=keep(world.masses),
        truth=keep(world.truth),
        teacher=keep(world.teacher),
        hard=keep(world.hard),
        neighbours=[keep(row) for row in keep(world.neighbours)],
        classifiers=[keep(row) for row in world.classifiers],
        q=world.q,
    )


def _without_edges(world: World, edges: set[tuple[int, int]]) -> World:
    graph = [
        [flag and (x, y) not in edges for y, flag in enumerate(row)]
        for x, row in enumerate(world.neighbours)
    ]
    return dataclasses.replace(world, neighbours=graph)


def _shorter(labels: list[int]) -> Iterator[list[int]]:
    for x, label in enumerate(labels):
        for other in (0, 1):
            if other < abs(label):
                yield [*labels[:x], other, *labels[x + 1 :]]
