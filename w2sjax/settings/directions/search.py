"""Small directions, and steps to smaller ones: fewer coordinates, shorter numbers."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.settings.directions import VECTORS, vectors_of
from w2sjax.settings.directions.instance import Instance
from w2sjax.settings.shrinking import SHORT, changed, favoured

SIZES = 2, 3, 1, 4


def small(claim: Claim, kind: Any, parameters: Any, seed: int) -> Iterator[Instance]:
    """Draw small ones without end."""
    source = random.Random(f"{seed} {claim.name} {claim.dropped}")
    names = [name for name in VECTORS if name in vectors_of(claim)]
    while True:
        size = favoured(source, SIZES)
        vectors = {name: [favoured(source, SHORT) for _ in range(size)] for name in names}
        instance = Instance(vectors, favoured(source, SHORT))
        if instance.fault() is None:
            yield instance


def cost(instance: Instance) -> tuple[int, ...]:
    """Order them: coordinates, numbers that are not 0, digits."""
    numbers = list(instance.numbers())
    return instance.size, sum(map(bool, numbers)), sum(map(length, numbers))


def steps(instance: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller ones, the largest steps first."""
    every = (*_without_a_coordinate(instance), *changed(instance, "vectors", "eta"))
    yield from (smaller for smaller in every if smaller.fault() is None)


def _without_a_coordinate(instance: Instance) -> Iterator[Instance]:
    for i in range(instance.size if instance.size > 1 else 0):
        left = {name: [*v[:i], *v[i + 1 :]] for name, v in instance.vectors.items()}
        yield replace(instance, vectors=left)
