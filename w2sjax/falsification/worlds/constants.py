r"""Values of q and c that are worth trying in a world: where the theorems of Lang et al. say most.

Between two attained shares of the family's sets only the bound depends on q, and it grows; with larger c
the hypotheses of Theorems 4.1 and 4.2 are weaker and the bounds smaller.
"""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.flint_numbers import python
from w2sjax.falsification.rationals import simplest
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.names import MODERATE, PRINTED
from w2sjax.falsification.worlds.quantities import WorldQuantities
from w2sjax.falsification.worlds.world import World

FREE = tuple(map(Fraction, (2, 3, 5)))  # tried where the family allows every c


def attained(world: World, statement: Statement) -> list[Fraction]:
    """List 0 and the shares of the sets that the statement is about."""
    book = WorldQuantities(dataclasses.replace(world, q=Fraction(0)), statement)
    shares = {share for family in book.families() for share, _ in book.ratios(*family)}
    return [Fraction(0), *sorted(python(share) for share in shares if share < 1)]


def needs_constant(statement: Statement) -> bool:
    """Whether c has to be stated: in the two theorems as printed."""
    return statement.claim in PRINTED and MODERATE not in statement.hypotheses


def with_constants(world: World, statement: Statement) -> Iterator[World]:
    """State c just below the largest that the family allows, as a short rational."""
    if not needs_constant(statement):
        yield dataclasses.replace(world, c=None)
        return
    largest = WorldQuantities(world, statement).largest()
    if largest is None:
        yield from (dataclasses.replace(world, c=c) for c in FREE)
    elif largest > 0:
        for share in (Fraction(15, 16), Fraction(127, 128)):
            low = python(largest) * share
            yield dataclasses.replace(world, c=simplest(low, (low + python(largest)) / 2))


def fitted(world: World, statement: Statement) -> Iterator[World]:
    """Try every q that matters, each with its constants."""
    for q in attained(world, statement):
        yield from with_constants(dataclasses.replace(world, q=q), statement)
