"""Steps that may make a finite world smaller: points, classifiers, edges, labels, masses."""

import dataclasses
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.rationals import length, simplest
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.constants import fitted, needs_constant
from w2sjax.falsification.worlds.world import World

LIGHT = tuple(
    map(Fraction, range(1, 6))
)  # all masses together are tried where there are few points


def cost(world: World) -> tuple[int, ...]:
    """Order worlds: points, classifiers, edges, labels that are not 0, digits."""
    edges = sum(map(sum, world.neighbours))
    rows = (world.truth, world.teacher, *world.classifiers)
    labels = sum(abs(label) for row in rows for label in row)
    digits = sum(map(length, world.masses)) + 4 * length(world.q)
    digits += 0 if world.c is None else 4 * length(world.c)
    return world.size, len(world.classifiers), edges, labels, digits


def steps(world: World, statement: Statement) -> Iterator[World]:
    """Propose smaller worlds, the largest steps first; where c is stated, with q and c to fit."""
    for changed in _changes(world):
        yield changed
        if needs_constant(statement) and changed.q == world.q and changed.fault() is None:
            yield from fitted(changed, statement)
    if needs_constant(statement) and world.size <= len(LIGHT):
        for masses in sorted(itertools.product(LIGHT, repeat=world.size), key=sum):
            if sum(map(length, masses)) < sum(map(length, world.masses)):
                yield from fitted(dataclasses.replace(world, masses=list(masses)), statement)
    if world.c is not None:
        for low in (Fraction(1), world.c / 2, world.c * Fraction(7, 8), world.c * Fraction(31, 32)):
            yield dataclasses.replace(world, c=simplest(min(low, world.c), world.c))


def _changes(world: World) -> Iterator[World]:
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
    bare = _without_edges(world, {(x, y) for x in range(world.size) for y in range(world.size)})
    yield bare
    yield dataclasses.replace(bare, classifiers=[[1] * world.size, *world.classifiers[1:]])
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
        for other in (Fraction(1), Fraction(2), Fraction(mass // 2), mass - 1):
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
        c=world.c,
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
