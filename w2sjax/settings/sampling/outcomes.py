r"""All samples of a small population, and how likely each is.

Only counts matter: how often the sample holds points of each kind, and how many different ones. With
counts $n_g$ and $m_g$ of the $c_g$ points of kind g, whose probability is $p_g$ in all,

$$n! \prod_g \frac{p_g^{n_g}}{n_g!} \frac{c_g (c_g - 1) \cdots (c_g - m_g + 1)\, S(n_g, m_g)}{c_g^{n_g}},
\qquad S \text{ the Stirling numbers of the second kind.}$$
"""

import functools
import itertools
from collections.abc import Iterator
from math import factorial

from flint import fmpq, fmpz

from w2sjax.arithmetic.flint_numbers import rationals
from w2sjax.settings.sampling.instance import REPEATED, Instance

Counts = tuple[int, ...]


def outcomes(instance: Instance) -> Iterator[tuple[Counts, Counts, fmpq]]:
    """List the samples: counts, different points, and probabilities, which sum to 1.

    For a kind whose points never differ all of them count as one, which is seen if the kind is hit.
    """
    shares, draws, kinds = rationals(instance.shares()), instance.draws, instance.size
    if instance.scheme == REPEATED:
        for hit, share in enumerate(shares):
            here = tuple(int(kind == hit) for kind in range(kinds))
            yield tuple(draws * flag for flag in here), here, share
        return
    # The factors that each kind has, by how often it is hit.
    factors = [[share**count / factorial(count) for count in range(draws + 1)] for share in shares]
    apart = [instance.copies[kind] if instance.tells_apart(kind) else 1 for kind in range(kinds)]
    for counts in compositions(draws, kinds):
        probability = fmpq(factorial(draws))
        for row, count in zip(factors, counts, strict=True):
            probability *= row[count]
        for chosen in itertools.product(*map(_different, apart, counts)):
            whole = probability
            for _, part in chosen:
                whole *= part
            yield counts, tuple(number for number, _ in chosen), whole


def compositions(total: int, parts: int) -> Iterator[Counts]:
    """List the ways to write a number as an ordered sum of numbers that are not negative."""
    for cuts in itertools.combinations_with_replacement(range(total + 1), parts - 1):
        yield tuple(b - a for a, b in itertools.pairwise((0, *cuts, total)))


@functools.lru_cache(maxsize=512)
def _different(copies: int, draws: int) -> list[tuple[int, fmpq]]:
    """How many different points a number of draws among equally likely ones hits."""
    if draws == 0 or copies == 1:
        return [(min(draws, 1), fmpq(1))]
    whole, falling, found = fmpz(copies) ** draws, fmpz(1), []
    for number in range(1, min(copies, draws) + 1):
        falling *= copies - number + 1
        found.append((number, fmpq(falling * fmpz.stirling_s2(draws, number), whole)))
    return found
