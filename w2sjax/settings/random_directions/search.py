"""Small random directions, and steps to smaller ones: fewer coordinates, shorter numbers."""

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.settings.random_directions import EVERYWHERE, INDEPENDENT
from w2sjax.settings.random_directions.instance import Instance
from w2sjax.settings.shrinking import changed, favoured

SIZES = (2, 3, 4, 5, 6, 8, 12, 16, 24)
FAILURES = tuple(map(Fraction, ("1/2", "1/10", "1/4", "3/4", "1/3", "9/10", "1/20")))
COSINES = tuple(map(Fraction, ("3/5", "4/5", "1/2", "0", "-3/5", "1", "1/4", "-1/2", "-4/5")))


def small(claim: Claim, kind: Any, parameters: Any, seed: int) -> Iterator[Instance]:
    """Draw small ones without end; the dropped assumption is broken in each that can."""
    source = random.Random(f"{seed} {claim.name} {claim.dropped}")
    while True:
        dimension = favoured(source, SIZES)
        spread = claim.assumes(EVERYWHERE)
        yield Instance(
            dimension=dimension,
            failure=favoured(source, FAILURES),
            cosines=[favoured(source, COSINES) for _ in range(3)],
            rank=dimension - 1 if spread else source.choice((1, max(1, dimension // 4))),
            copied=not claim.assumes(INDEPENDENT),
        )


def cost(instance: Instance) -> tuple[int, ...]:
    """Order them: coordinates, those with errors, digits."""
    digits = sum(map(length, instance.numbers()))
    return instance.dimension, instance.rank, digits


def steps(instance: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller ones, the largest steps first."""
    everywhere = claim.assumes(EVERYWHERE)
    for fewer in dict.fromkeys((2, instance.dimension // 2, instance.dimension - 1)):
        if 2 <= fewer < instance.dimension:
            rank = fewer - 1 if everywhere else min(instance.rank, fewer - 1)
            yield replace(instance, dimension=fewer, rank=rank)
    for rank in range(1, 1 if everywhere else instance.rank):
        yield replace(instance, rank=rank)
    every = changed(instance, "cosines", "failure")
    yield from (smaller for smaller in every if smaller.fault() is None)
