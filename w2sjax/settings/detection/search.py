"""Small experiments, of few points and short numbers, and steps that may make one smaller."""

import dataclasses
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.settings.detection import HARD_ONLY, IID, ONE_DIRECTION
from w2sjax.settings.detection.instance import Instance
from w2sjax.settings.shrinking import changed, favoured

FAILURES = tuple(map(Fraction, ("1/2", "1/10", "1/4", "3/4", "1/3", "9/10", "1/20")))
DENSITIES = tuple(map(Fraction, ("1/2", "0", "1", "1/4", "3/4", "1/3", "1/10")))
LENGTHS = tuple(map(Fraction, ("1", "2", "3", "4", "1/2", "6", "3/2", "8", "12")))
SIZES = (1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32)
DIRECTIONS = (2, 3, 4, 8, 16, 64)
NUMBERS = ("density", "easy", "mean", "threshold", "failure")


def small(claim: Claim, kind: Any, parameters: Any, seed: int) -> Iterator[Instance]:
    """Draw small experiments without end; the dropped assumption is broken in each."""
    source = random.Random(f"{seed} {claim.name} {claim.dropped}")
    while True:
        yield Instance(
            points=favoured(source, SIZES),
            failure=favoured(source, FAILURES),
            density=favoured(source, DENSITIES),
            mean=source.choice((Fraction(0), *LENGTHS)),
            threshold=favoured(source, LENGTHS),
            zeroed=source.random() < 0.3,
            copies=not claim.assumes(IID),
            directions=1 if claim.assumes(ONE_DIRECTION) else favoured(source, DIRECTIONS),
            easy=Fraction(0) if claim.assumes(HARD_ONLY) else favoured(source, LENGTHS),
        )


def cost(instance: Instance) -> tuple[int, ...]:
    """Order experiments: points, directions, digits; a hard pattern that stays is the simpler one."""
    digits = sum(map(length, instance.numbers(*NUMBERS)))
    return instance.points, instance.directions, digits + instance.zeroed


def steps(instance: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller experiments, the largest steps first."""
    for name in ("points", "directions"):
        count = getattr(instance, name)
        for fewer in dict.fromkeys((1, count // 4, count // 2, 3 * count // 4, count - 1)):
            if 1 <= fewer < count:
                yield dataclasses.replace(instance, **{name: fewer})
    yield dataclasses.replace(instance, zeroed=False)
    yield from changed(instance, *NUMBERS)
    # One number may have to grow where another shrinks by more.
    for first in NUMBERS:
        for moved in changed(instance, first, shorter=False):
            yield from changed(moved, *(second for second in NUMBERS if second != first))
            for count in range(1, instance.points):
                yield dataclasses.replace(moved, points=count)
