"""Searches for worlds that break a claim: small ones, smaller ones, and local search."""

import dataclasses
import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import length, simplest
from w2sjax.language.claims import Claim
from w2sjax.settings.expansion.constants import conditions
from w2sjax.settings.expansion.instance import ABSTAINS, Instance, graph
from w2sjax.settings.expansion.small import fitted, small_worlds
from w2sjax.settings.shrinking import placed

STEPS = 150  # of a walk
# All masses together are tried where there are few points.
LIGHT = tuple(map(Fraction, range(1, 6)))


def small(claim: Claim, kind: str | None, parameters: Any, seed: int) -> Iterator[Instance]:
    """Give small worlds without end."""
    return small_worlds(claim, seed)


def walks(claim: Claim, seed: int, restarts: int) -> Iterator[tuple[Instance, float]]:
    """Walk downhill from random worlds; yields every world that was looked at, with its slack.

    Where c has to be stated, let populations evolve instead.
    """
    if conditions(claim).needs_constant:
        from w2sjax.settings.expansion.evolving import evolved_worlds

        for turn in range(restarts):
            for world in evolved_worlds(claim, seed, turn):
                yield from _decided(claim, world)
        return
    source = random.Random(f"walk {seed} {claim.name}")
    starts = small_worlds(claim, seed + 1, points=1)
    for _ in range(restarts):
        world, slack = next(starts), float("inf")
        for _ in range(STEPS):
            for candidate, found in _decided(claim, mutated(world, source, claim)):
                yield candidate, found
                if found <= slack:
                    world, slack = candidate, found


def _decided(claim: Claim, world: Instance) -> Iterator[tuple[Instance, float]]:
    from w2sjax.falsification.deciding import OUTSIDE, decide

    decision = decide(claim, world)
    if decision.outcome != OUTSIDE:
        yield world, decision.slack


def mutated(world: Instance, source: random.Random, claim: Claim) -> Instance:
    """Change one edge, one label, one mass or q."""
    kind = source.choice(("edge", "edge", "teacher", "f", "f", "family", "mass", "q", "truth"))
    x, y = source.randrange(world.size), source.randrange(world.size)
    if kind == "edge" and x != y:
        flag, near = not world.neighbours[x][y], world.neighbours
        near = placed(near, flag, x, y)
        if claim.assumes("symmetry"):
            near = placed(near, flag, y, x)
        return dataclasses.replace(world, neighbours=near)
    if kind == "teacher":
        silent = conditions(claim).abstaining and world.hard[x]
        label = ABSTAINS if silent else source.randrange(2)
        return dataclasses.replace(world, teacher=placed(world.teacher, label, x))
    if kind == "truth":
        return dataclasses.replace(world, truth=placed(world.truth, source.randrange(2), x))
    if kind in ("f", "family"):
        g = 0 if kind == "f" else source.randrange(len(world.classifiers))
        family = placed(world.classifiers, source.randrange(3), g, x)
        return dataclasses.replace(world, classifiers=family)
    if kind == "mass":
        mass = Fraction(source.randint(1, 4))
        return dataclasses.replace(world, masses=placed(world.masses, mass, x))
    return dataclasses.replace(world, q=Fraction(source.randint(0, 3), 4))


def cost(world: Instance) -> tuple[int, ...]:
    """Order worlds: points, classifiers, edges, labels that are not 0, digits."""
    edges = sum(map(sum, world.neighbours))
    rows = (world.truth, world.teacher, *world.classifiers)
    labels = sum(abs(label) for row in rows for label in row)
    digits = sum(map(length, world.masses)) + 4 * length(world.q)
    digits += 0 if world.c is None else 4 * length(world.c)
    return world.size, len(world.classifiers), edges, labels, digits


def steps(world: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller worlds, the largest steps first, with q and c to fit."""
    for changed in _changes(world):
        yield changed
        if changed.q == world.q and changed.fault() is None:
            yield from fitted(changed, claim)
    if world.size <= len(LIGHT):
        for masses in sorted(itertools.product(LIGHT, repeat=world.size), key=sum):
            if sum(map(length, masses)) < sum(map(length, world.masses)):
                yield from fitted(dataclasses.replace(world, masses=masses), claim)
    if world.c is not None:
        yield dataclasses.replace(world, c=None)
        for low in (Fraction(1), world.c / 2, world.c * Fraction(7, 8), world.c * Fraction(31, 32)):
            yield dataclasses.replace(world, c=simplest(min(low, world.c), world.c))


def _changes(world: Instance) -> Iterator[Instance]:
    if world.size > 1:
        yield from (world.without("point", {x}) for x in range(world.size))
    for x in range(world.size):
        for y in range(world.size - 1):
            # Another point takes over the part of the one that is left out.
            shorter = world.without("point", {x})
            hard = tuple(part != (z == y) for z, part in enumerate(shorter.hard))
            yield dataclasses.replace(shorter, hard=hard)
    for g in range(1, len(world.classifiers)):
        yield world.without("classifier", {g})
    yield from _fewer_edges(world)
    for name in ("truth", "teacher", "classifiers"):
        for changed in _shorter(getattr(world, name)):
            yield dataclasses.replace(world, **{name: changed})
    yield dataclasses.replace(world, masses=(Fraction(1),) * world.size)
    for x, mass in enumerate(world.masses):
        for other in (Fraction(1), Fraction(2), Fraction(mass // 2), mass - 1):
            if length(other) < length(mass):
                yield dataclasses.replace(world, masses=placed(world.masses, other, x))
    for low in (Fraction(0), world.q / 2, world.q * Fraction(7, 8)):
        yield dataclasses.replace(world, q=simplest(low, world.q))


def _fewer_edges(world: Instance) -> Iterator[Instance]:
    pairs = list(itertools.product(range(world.size), repeat=2))
    arcs = [(x, y) for x, y in pairs if world.neighbours[x][y]]

    def only(kept: list[tuple[int, int]]) -> Instance:
        return dataclasses.replace(world, neighbours=graph(world.size, kept, one_way=True))

    yield only([])
    everywhere = placed(world.classifiers, (1,) * world.size, 0)
    yield dataclasses.replace(only([]), classifiers=everywhere)
    for x, y in arcs:
        yield only([arc for arc in arcs if arc not in ((x, y), (y, x))])
        yield only([arc for arc in arcs if arc != (x, y)])


def _shorter(labels: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for x, label in enumerate(labels):
        rows = isinstance(label, tuple)
        others = _shorter(label) if rows else (other for other in (0, 1) if other < abs(label))
        yield from (placed(labels, other, x) for other in others)
