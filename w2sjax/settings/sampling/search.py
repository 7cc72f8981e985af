"""Small populations, drawn where a missing assumption shows, and steps that may make one smaller."""

import dataclasses
import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.settings.sampling import BOUNDED, FAILURE, FIRST, IID
from w2sjax.settings.sampling.instance import INDEPENDENT, NUMBERS, REPEATED, Instance
from w2sjax.settings.shrinking import changed, placed

VALUES = tuple(map(Fraction, ("1", "-1", "1", "-1", "1", "-1", "0", "1/2", "-1/2")))
FEATURES = tuple(map(Fraction, ("1", "-1", "1", "-1", "1/2", "-1/2")))
LARGE = tuple(map(Fraction, ("2", "4", "8", "16")))
MASSES = tuple(map(Fraction, (1, 1, 1, 2, 3, 5, 8)))
LONG = tuple(2**power for power in range(13))  # one point, repeated
COPIES = (4, 16, 64, 256, 1024)

UNITS = tuple(map(Fraction, range(1, 10)))
SHARES = tuple(map(Fraction, ("1/4", "1/2", "3/4", "7/8", "31/32")))
NEAR = (0, -1, -2, *range(1, 9))
LONGER = tuple(map(Fraction, ("1", "1/2", "3/4", "5/4", "3/2")))


def small(claim: Claim, kind: str, parameters: Any, seed: int) -> Iterator[Instance]:
    """Draw small populations without end; `parameters` may fix the radius of the class.

    Without "i.i.d. sample" one point is repeated; without "weak model first" there are many points alike
    and the weak model has another value where the sample is; without "boundedness" members are large.
    No feature is 0, so that every sample has one student.
    """
    if kind != "l2_ball":
        return
    radius = Fraction(1) if parameters is None else parameters["radius"]
    source = random.Random(f"{seed} {kind} {claim.name}")
    while True:
        yield _population(source, claim, radius)


def _population(source: random.Random, claim: Claim, radius: Fraction) -> Instance:
    repeated, chosen_after = not claim.assumes(IID), not claim.assumes(FIRST)
    alike = chosen_after and source.random() < 0.8
    kinds = 1 if alike else source.choice((2, 2, 2, 3))
    if repeated:
        draws = source.choice(LONG)
    elif alike:
        draws = source.choice((2, 4, 8, 16, 32, 64, 128, 256))
    else:
        draws = source.randint(1, (24, 8)[kinds - 2] if not chosen_after else 8)

    def values(grid=VALUES):
        return [source.choice(grid) for _ in range(kinds)]

    features, weak, target = values(FEATURES), values(), values()
    if source.random() < 0.5:
        features = [Fraction(1)] * kinds
    if source.random() < 0.5:
        slope = source.choice(VALUES)
        target = [slope * x for x in features]
    if not claim.assumes(BOUNDED):
        features, weak = ([v * source.choice((1, *LARGE)) for v in row] for row in (features, weak))
    seen = weak
    if chosen_after:
        seen = [-value for value in weak] if source.random() < 0.7 else values()
    return Instance(
        copies=[source.choice(COPIES) if chosen_after else 1 for _ in range(kinds)],
        masses=values(MASSES) if kinds > 1 else [Fraction(1)],
        features=[x / radius for x in features],
        weak=weak,
        seen=seen,
        target=target,
        radius=radius,
        bound=Fraction(1),
        draws=draws,
        scheme=REPEATED if repeated else INDEPENDENT,
        failure=claim.failure or FAILURE,
    )


def cost(instance: Instance) -> tuple[int, ...]:
    """Order populations: points, kinds of them, draws, numbers that are not zero, digits.

    A feature of 0 comes first: a sample of such points does not determine the student.
    """
    numbers = list(instance.numbers(*NUMBERS, "radius", "bound"))
    written = sum(value != 0 for value in numbers)
    points, digits = sum(instance.copies), sum(map(length, numbers))
    silent = instance.features.count(Fraction(0))
    return silent, points, instance.size, instance.draws, written, digits


def steps(instance: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller populations, the largest steps first."""
    draws = instance.draws
    fewer = [*(int(draws * share) for share in SHARES), draws - 1, draws - 2]
    for kind in range(instance.size if instance.size > 1 else 0):
        yield instance.without("kind", {kind})
    for kind, count in enumerate(instance.copies):
        scaled, near = [int(draws * f) for f in LONGER], [draws + step for step in NEAR]
        for left, numbers in *((int(count * share), scaled) for share in SHARES), (count - 1, near):
            if 0 < left < count:
                copies = placed(instance.copies, left, kind)
                yield from _with_draws(dataclasses.replace(instance, copies=copies), numbers)
    yield from _with_draws(instance, fewer)
    yield dataclasses.replace(instance, masses=[Fraction(1)] * instance.size)
    # Other masses, or the largest values, may do with fewer draws.
    for name in NUMBERS:
        largest = UNITS if name == "masses" else (-instance.bound, instance.bound)
        for values in _exchanged(getattr(instance, name), largest):
            other = dataclasses.replace(instance, **{name: values})
            yield from _with_draws(_repaired(other, claim), fewer)
    for simpler in changed(instance, *NUMBERS, shorter=False):
        yield _repaired(simpler, claim)
    if instance.radius != 1:
        features = [x * instance.radius for x in instance.features]
        yield dataclasses.replace(instance, features=features, radius=Fraction(1))


def _repaired(instance: Instance, claim: Claim) -> Instance:
    """Let the weak model be one, where it must not depend on the sample."""
    return dataclasses.replace(instance, seen=instance.weak) if claim.assumes(FIRST) else instance


def _with_draws(instance: Instance, draws: list[int]) -> Iterator[Instance]:
    for number in dict.fromkeys(draws):
        if number > 0:
            yield dataclasses.replace(instance, draws=number)


def _exchanged(values: list[Fraction], others: Iterable[Fraction]) -> Iterator[list[Fraction]]:
    for place, value in enumerate(values):
        yield from (placed(values, other, place) for other in others if other != value)
