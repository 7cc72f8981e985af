"""Small worlds: all those of few points, then random ones; needs nothing."""

import dataclasses
import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import simplest
from w2sjax.language.claims import Claim
from w2sjax.settings.expansion.constants import conditions
from w2sjax.settings.expansion.instance import ABSTAINS, Instance, graph
from w2sjax.settings.expansion.sets import Sets

FREE = tuple(map(Fraction, (2, 3, 5)))  # tried where the family allows every c
SILENT, RIGHT, WRONG = range(3)  # points of T, of S with a right label, of S with a wrong one
TEACHER = (ABSTAINS, 0, 1)


def with_constants(world: Instance, claim: Claim) -> Iterator[Instance]:
    """Leave c to the largest, or state one just below it, a short rational; where it is free, larger ones."""
    asked = conditions(claim)
    if not asked.needs_constant:
        yield dataclasses.replace(world, c=None)
        if asked.bounds:
            return
    least = Sets(claim, world).infimum()
    if least is None:
        yield from (dataclasses.replace(world, c=c) for c in FREE)
    elif least[0] > 0 and asked.needs_constant:
        largest = Fraction(*least)
        for share in (Fraction(15, 16), Fraction(127, 128)):
            low = largest * share
            yield dataclasses.replace(world, c=simplest(low, (low + largest) / 2))


def fitted(world: Instance, claim: Claim) -> Iterator[Instance]:
    """Try every q that matters, each with its constants."""
    for q in Sets(claim, world).attained():
        yield from with_constants(dataclasses.replace(world, q=q), claim)


def small_worlds(claim: Claim, seed: int, *, points: int = 3) -> Iterator[Instance]:
    """Enumerate worlds of two and of `points` points; then draw larger ones without end.

    Where c has to be stated, every hundred drawn worlds are followed by evolved ones.
    """
    asked = conditions(claim)
    if asked.abstaining and points > 1:
        yield from _all_divided(claim)
    for count in range(2, points + 1) if not asked.needs_constant else ():
        yield from _all_worlds(claim, count)
    source = random.Random(f"{seed} {claim.name}")
    for turn in itertools.count():
        if asked.needs_constant:
            from w2sjax.settings.expansion.evolving import evolved_worlds

            yield from evolved_worlds(claim, source.randrange(10**9), turn)
        for _ in range(100):
            if asked.abstaining or asked.needs_constant:
                yield from fitted(random_divided(source, claim), claim)
            else:
                yield from with_constants(random_world(source, claim), claim)


def _all_worlds(claim: Claim, count: int) -> Iterator[Instance]:
    """Enumerate unit points, families of one classifier and of two, and all values of q that matter."""
    labels = list(itertools.product((0, 1), repeat=count))
    truths = [(0,) * count]
    if not claim.assumes("one label"):
        truths = [truth for truth in labels if truth[0] == truth[-1] == 0]
    one_way = not claim.assumes("symmetry")
    pairs = list(itertools.combinations(range(count), 2))
    arcs = pairs + [(y, x) for x, y in pairs] if one_way else pairs
    shares = sorted({Fraction(a, b) for b in range(1, count + 1) for a in range(b)})
    families: list[tuple[tuple[int, ...], ...]] = [(f,) for f in labels]
    if not claim.assumes("membership") or count < 3:
        families += [(f, g) for f in labels for g in labels]
    masses, silent = (Fraction(1),) * count, conditions(claim).abstaining
    for hard in range(1, count):
        flags = tuple(x < hard for x in range(count))
        choices = [(ABSTAINS,) if silent and part else (0, 1) for part in flags]
        teachers = list(itertools.product(*choices))
        for truth, edges, family in itertools.product(truths, _subsets(arcs), families):
            near = graph(count, edges, one_way=one_way)
            for teacher, q in itertools.product(teachers, shares):
                yield Instance(masses, truth, teacher, flags, near, family, q)


def _subsets(items: list[Any]) -> Iterator[tuple[Any, ...]]:
    sizes = range(len(items) + 1)
    return itertools.chain.from_iterable(itertools.combinations(items, size) for size in sizes)


def _all_divided(claim: Claim) -> Iterator[Instance]:
    """One point of each part, that with the right label twice as heavy; f alone, or with another."""
    labels = list(itertools.product((0, 1), repeat=3))
    families = [(f,) for f in labels] + [(f, g) for f in labels for g in labels if g != f]
    pairs = list(itertools.combinations(range(3), 2))
    for family, edges in itertools.product(families, _subsets(pairs)):
        world = divided((SILENT, RIGHT, WRONG), (1, 2, 1), (0, 0, 0), graph(3, edges), family)
        yield from fitted(world, claim)


def divided(parts: Sequence[int], masses: Any, truth: Any, near: Any, family: Any) -> Instance:
    """Give a world of points of T, and of S with right and wrong labels."""
    teacher, hard = tuple(TEACHER[part] for part in parts), tuple(part == SILENT for part in parts)
    masses, family = tuple(map(Fraction, masses)), tuple(map(tuple, family))
    return Instance(masses, tuple(truth), teacher, hard, near, family)


def _row(source: random.Random, count: int, labels: int, zero: float) -> tuple[int, ...]:
    return tuple(0 if source.random() < zero else source.randrange(labels) for _ in range(count))


def _near(source: random.Random, claim: Claim, count: int, edges: list[Any]) -> Any:
    """Give neighbourhoods; without symmetry every edge goes one way, by chance."""
    if claim.assumes("symmetry"):
        return graph(count, edges)
    ways = (pair if source.random() < 0.5 else pair[::-1] for pair in edges)
    return graph(count, ways, one_way=True)


def random_world(source: random.Random, claim: Claim) -> Instance:
    """Draw a world, and q."""
    count = source.randint(4, 7)
    hard_count = source.randint(1, count - 1)
    labels = 2 if source.random() < 0.7 else 3
    one_label = claim.assumes("one label") and source.random() < 0.7
    truth = (0,) * count if one_label else _row(source, count, labels, 0.7)
    teacher = _row(source, count, labels, source.random())
    rate = source.random()
    pairs = [p for p in itertools.combinations(range(count), 2) if source.random() < rate]
    near = _near(source, claim, count, pairs)
    members = source.randint(1, 3)
    masses = tuple(Fraction(source.choice((1, 1, 2, 3))) for _ in range(count))
    hard = tuple(x < hard_count for x in range(count))
    family = tuple(_row(source, count, labels, source.random()) for _ in range(members))
    q = Fraction(source.choice((0, 0, 0, 1, 1, 2)), source.choice((3, 4, 5)))
    return Instance(masses, truth, teacher, hard, near, family, q)


def random_divided(source: random.Random, claim: Claim) -> Instance:
    """Draw a world of S and T; half of the neighbours agree under f wherever they can.

    In three of four the teacher is wrong on at most half of S.
    """
    parts = [SILENT] * source.randint(1, 4) + [RIGHT] * source.randint(1, 3)
    parts += [WRONG] * source.randint(1, 2)
    count, labels = len(parts), source.choice((2, 2, 3))
    masses = [source.choice((1, 1, 2, 3)) for _ in parts]
    wrong = sum(m for m, part in zip(masses, parts, strict=True) if part == WRONG)
    masses[parts.index(RIGHT)] += wrong * source.choice((0, 1, 2, 4))
    family = [_row(source, count, labels, source.random()) for _ in range(source.randint(1, 3))]
    f, rate, stray = family[0], source.random(), source.random() / 2
    pairs = itertools.combinations(range(count), 2)
    edges = [(x, y) for x, y in pairs if source.random() < (rate if f[x] == f[y] else stray)]
    near = _near(source, claim, count, edges)
    truth = (0,) * count
    if not claim.assumes("one label") or source.random() < 0.2:
        truth = _row(source, count, labels, 0.7)
    return divided(parts, masses, truth, near, family)
