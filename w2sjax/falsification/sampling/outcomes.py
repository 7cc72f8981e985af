r"""All samples of a small population, and how likely each is.

Only counts matter: how often the sample holds points of each kind, and how many different ones. With
counts $n_g$ and $m_g$ of the $c_g$ points of kind g, whose probability is $p_g$ in all,

$$\frac{n!}{\prod_g n_g!} \prod_g p_g^{n_g} \frac{c_g (c_g - 1) \cdots (c_g - m_g + 1)\, S(n_g,
m_g)}{c_g^{n_g}}, \qquad S \text{ the Stirling numbers of the second kind.}$$
"""

import dataclasses
import functools
import itertools
from collections.abc import Iterator
from math import factorial

from flint import fmpq, fmpz

from w2sjax.falsification.flint_numbers import rationals
from w2sjax.falsification.sampling.population import REPEATED, Population


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Samples that differ in nothing that matters.

    Attributes:
        counts: how many draws hit each kind of points.
        distinct: how many different points of each kind the sample holds; for a kind whose points
            never differ, one if it is hit and all of them count as seen.
        probability: of all these samples together.
    """

    counts: tuple[int, ...]
    distinct: tuple[int, ...]
    probability: fmpq


def outcomes(population: Population) -> Iterator[Outcome]:
    """List the samples; their probabilities sum to 1."""
    shares, draws, kinds = rationals(population.shares()), population.draws, population.size
    if population.scheme == REPEATED:
        for hit, share in enumerate(shares):
            here = [int(kind == hit) for kind in range(kinds)]
            yield Outcome(tuple(draws * flag for flag in here), tuple(here), share)
        return
    for counts in compositions(draws, kinds):
        probability = fmpq(factorial(draws))
        for share, count in zip(shares, counts, strict=True):
            probability *= share**count / factorial(count)
        choices = [
            _different(population.copies[kind], count)
            if population.tells_apart(kind)
            else ((int(count > 0), fmpq(1)),)
            for kind, count in enumerate(counts)
        ]
        for chosen in itertools.product(*choices):
            whole = probability
            for _, part in chosen:
                whole *= part
            yield Outcome(counts, tuple(number for number, _ in chosen), whole)


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """List the ways to write a number as an ordered sum of numbers that are not negative."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


@functools.lru_cache(maxsize=512)
def _different(copies: int, draws: int) -> tuple[tuple[int, fmpq], ...]:
    """How many different points a number of draws among equally likely ones hits."""
    if draws == 0:
        return ((0, fmpq(1)),)
    whole, falling, found = fmpz(copies) ** draws, fmpz(1), []
    for number in range(1, min(copies, draws) + 1):
        falling *= copies - number + 1
        found.append((number, fmpq(falling * fmpz.stirling_s2(draws, number), whole)))
    return tuple(found)
