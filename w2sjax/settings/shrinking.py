"""Short numbers, drawn or put in the place of others, and fewer entries: how counterexamples shrink."""

import dataclasses
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from w2sjax.arithmetic.rationals import length, simplest

Kind = TypeVar("Kind")

HALF = Fraction(1, 2)
SHORT = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "-1/3")))
DIGITS = 12  # up to 4^-12: how finely numbers are rounded


def changes(value: Any, shorter: bool = True) -> Iterator[Any]:
    """All ways to replace one number of nested lists and dictionaries, by default by a shorter one."""
    if isinstance(value, list | tuple):
        for i, part in enumerate(value):
            for changed in changes(part, shorter):
                yield type(value)([*value[:i], changed, *value[i + 1 :]])
    elif isinstance(value, dict):
        for name, part in value.items():
            for changed in changes(part, shorter):
                yield value | {name: changed}
    elif value is not None:
        tried = set()
        near = [simplest(*sorted((value * (1 - share), value * (1 + share))))
                for share in (HALF, HALF**2, HALF**4, HALF**8)]  # fmt: skip
        for other in (*SHORT, *near):
            if (length(other) < length(value) or not shorter) and other not in tried:
                tried.add(other)
                yield other


def changed(record: Any, *names: str, shorter: bool = True) -> Iterator[Any]:
    """All ways to replace one number in some fields of a record, by default by a shorter one."""
    for name in names:
        for value in changes(getattr(record, name), shorter):
            yield dataclasses.replace(record, **{name: value})


def favoured(source: random.Random, grid: Sequence[Kind]) -> Kind:
    """Draw an entry, those that come first more often than the others."""
    return grid[min(source.randrange(len(grid)), source.randrange(len(grid)))]


def placed(values: Any, new: Any, *places: int) -> Any:
    """Put something into a nested list or tuple."""
    if not places:
        return new
    first, *others = places
    return type(values)(
        [*values[:first], placed(values[first], new, *others), *values[first + 1 :]]
    )


def portions(count: int) -> Iterator[set[int]]:
    """List places that may be left out: half of them at once, a quarter, ..., one; never all."""
    width = count // 2
    while width >= 1:
        for start in range(0, count, width):
            gone = set(range(start, min(start + width, count)))
            if len(gone) < count:
                yield gone
        width //= 2


def roundings() -> Iterator[Any]:
    """Functions that round a number to a short one near it, from coarse to fine."""
    for digits in range(1, DIGITS):

        def short(value: Fraction, tolerance: Fraction = Fraction(1, 4**digits)) -> Fraction:
            return simplest(value - tolerance, value + tolerance)

        yield short
