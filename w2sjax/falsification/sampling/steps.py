"""Steps that may make a population smaller: points, draws, numbers."""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.rationals import length, simplest
from w2sjax.falsification.sampling.population import NUMBERS, Population
from w2sjax.falsification.sampling.statements import FIRST
from w2sjax.falsification.statement import Statement

SHORT = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "-1/3")))
UNITS = tuple(map(Fraction, range(1, 10)))
SHARES = tuple(map(Fraction, ("1/4", "1/2", "3/4", "7/8", "31/32")))
NEAR = (0, -1, -2, *range(1, 9))
LONGER = tuple(map(Fraction, ("1", "1/2", "3/4", "5/4", "3/2")))


def cost(population: Population) -> tuple[int, ...]:
    """Order populations: points, kinds of them, draws, numbers that are not zero, digits.

    A feature of 0 comes first: a sample of such points does not determine the student.
    """
    numbers = [value for name in NUMBERS for value in getattr(population, name)]
    numbers += [population.radius, population.bound]
    written = sum(value != 0 for value in numbers)
    points, digits = sum(population.copies), sum(map(length, numbers))
    silent = population.features.count(Fraction(0))
    return silent, points, population.size, population.draws, written, digits


def steps(population: Population, statement: Statement) -> Iterator[Population]:
    """Propose smaller populations, the largest steps first."""
    for kind in range(population.size if population.size > 1 else 0):
        rows = {name: _without(getattr(population, name), kind) for name in ("copies", *NUMBERS)}
        yield dataclasses.replace(population, **rows)
    for kind, count in enumerate(population.copies):
        for share in SHARES:
            yield from _with_copies(population, kind, int(count * share), _scaled(population))
        near = [population.draws + step for step in NEAR]
        yield from _with_copies(population, kind, count - 1, near)
    yield from _with_draws(population, _fewer_draws(population))
    yield dataclasses.replace(population, masses=[Fraction(1)] * population.size)
    # Other masses, or the largest values, may do with fewer draws.
    for masses in _exchanged(population.masses, UNITS):
        yield from _with_draws(
            dataclasses.replace(population, masses=masses), _fewer_draws(population)
        )
    for changed in _numbers(population, (-population.bound, population.bound)):
        yield from _with_draws(_repaired(changed, statement), _fewer_draws(population))
    for changed in _numbers(population, SHORT):
        yield _repaired(changed, statement)


def _repaired(population: Population, statement: Statement) -> Population:
    """Let the weak model be one, where it must not depend on the sample."""
    if FIRST not in statement.hypotheses:
        return population
    return dataclasses.replace(population, seen=population.weak)


def _without(values: list, place: int) -> list:
    return [*values[:place], *values[place + 1 :]]


def _with_copies(
    population: Population, kind: int, count: int, draws: list[int]
) -> Iterator[Population]:
    if 0 < count < population.copies[kind]:
        copies = [*population.copies[:kind], count, *population.copies[kind + 1 :]]
        yield from _with_draws(dataclasses.replace(population, copies=copies), draws)


def _scaled(population: Population) -> list[int]:
    return [int(population.draws * factor) for factor in LONGER]


def _fewer_draws(population: Population) -> list[int]:
    draws = population.draws
    return [*(int(draws * share) for share in SHARES), draws - 1, draws - 2]


def _with_draws(population: Population, draws: list[int]) -> Iterator[Population]:
    for number in dict.fromkeys(draws):
        if number > 0:
            yield dataclasses.replace(population, draws=number)


def _exchanged(values: list[Fraction], others: tuple[Fraction, ...]) -> Iterator[list[Fraction]]:
    for place, value in enumerate(values):
        for other in others:
            if other != value:
                yield [*values[:place], other, *values[place + 1 :]]


def _numbers(population: Population, others: tuple[Fraction, ...]) -> Iterator[Population]:
    """Replace one number by another or a shorter one near it, or the radius by 1."""
    for name in NUMBERS:
        values = getattr(population, name)
        for place, value in enumerate(values):
            near = [simplest(*sorted((value * (1 - s), value * (1 + s)))) for s in SHARES[:2]]
            for other in [v for v in dict.fromkeys((*others, *near)) if v != value]:
                changed = [*values[:place], other, *values[place + 1 :]]
                yield dataclasses.replace(population, **{name: changed})
    if population.radius != 1:
        features = [x * population.radius for x in population.features]
        yield dataclasses.replace(population, features=features, radius=Fraction(1))
