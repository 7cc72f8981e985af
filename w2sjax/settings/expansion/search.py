"""Searches for worlds that break a claim: small ones, smaller ones, and local search."""

import dataclasses
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.expansion.constants import conditions
from w2sjax.settings.expansion.instance import ABSTAINS, Instance
from w2sjax.settings.expansion.small import small_worlds
from w2sjax.settings.expansion.steps import cost as cost
from w2sjax.settings.expansion.steps import put
from w2sjax.settings.expansion.steps import steps as steps

STEPS = 150  # of a walk


def small(claim: Claim, kind: str | None, parameters: Any, seed: int) -> Iterator[Instance]:
    """Give small worlds without end."""
    del kind, parameters
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
        near = put(near, x, put(near[x], y, flag))
        if claim.assumes("symmetry"):
            near = put(near, y, put(near[y], x, flag))
        return dataclasses.replace(world, neighbours=near)
    if kind == "teacher":
        silent = conditions(claim).abstaining and world.hard[x]
        label = ABSTAINS if silent else source.randrange(2)
        return dataclasses.replace(world, teacher=put(world.teacher, x, label))
    if kind == "truth":
        return dataclasses.replace(world, truth=put(world.truth, x, source.randrange(2)))
    if kind in ("f", "family"):
        g = 0 if kind == "f" else source.randrange(len(world.classifiers))
        row = put(world.classifiers[g], x, source.randrange(3))
        return dataclasses.replace(world, classifiers=put(world.classifiers, g, row))
    if kind == "mass":
        return dataclasses.replace(
            world, masses=put(world.masses, x, Fraction(source.randint(1, 4)))
        )
    return dataclasses.replace(world, q=Fraction(source.randint(0, 3), 4))
