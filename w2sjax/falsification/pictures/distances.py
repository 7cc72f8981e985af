"""Which squared distances of a counterexample a picture shows, and between which functions."""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import Vector
from w2sjax.falsification.counterexample import Counterexample
from w2sjax.language.claims import Claim
from w2sjax.language.printing import LATEX
from w2sjax.machine.figure_style import COLOURS
from w2sjax.settings.projection import letters_of
from w2sjax.settings.projection.checker import Checker
from w2sjax.settings.projection.functions import combination, label, parts_of

FEW = 3  # distances
NEAREST = "nearest"  # the member of the class next to a function
LONGEST = 8  # letters of a fraction; longer ones are rounded


@dataclasses.dataclass(frozen=True)
class Side:
    """A squared distance.

    Attributes:
        ends: what the claim calls the two functions; a pair of `NEAREST` and one for a projection.
        square, size: its value, as a number and written.
        label: how it is written, with its value.
        colour: in which it is drawn.
    """

    ends: tuple[Any, Any]
    square: Fraction
    size: str
    label: str
    colour: str


def shown(found: Counterexample) -> list[Side]:
    """List the squared distances that a claim is made of; some between its functions if it names none."""
    pairs = {frozenset(p): p for data in found.claim.quantities for p in _pairs(data)}
    of = [part for data in found.claim.quantities for one in data[1:] for part in parts_of(one)]
    names = dict.fromkeys(name for name, _ in of)
    chosen = list(pairs.values()) or list(itertools.combinations(names, 2))[:FEW]
    values = functions(found, [end for ends in chosen for end in ends])
    sides = []
    for number, ends in enumerate(chosen):
        square = squared(found, *(values[end] for end in ends))
        letters, size = ", ".join(letter(found.claim, end) for end in ends), written(square)
        colour = COLOURS[number % len(COLOURS)]
        sides.append(Side(ends, square, size, f"$d({letters})$ = {size}", colour))
    return sides


def _pairs(data: Any) -> Iterator[tuple[Any, Any]]:
    """List the pairs of functions whose distances a quantity is made of."""
    head, *of = data
    if head == "d":
        yield of[0], of[1]
    if head == "inner":
        for one in of:
            plus = [name for name, share in parts_of(one) if share == 1]
            minus = [name for name, share in parts_of(one) if share == -1]
            if len(plus) == len(minus) == 1:
                yield plus[0], minus[0]
    if head == "gap":
        yield of[0], "weak"
    if head == "outside":
        yield of[0], (NEAREST, of[0])


def functions(found: Counterexample, names: Iterable[Any]) -> dict[Any, Vector]:
    """Give the values of functions, as the second engine has them."""
    checker = Checker(found.claim, found.instance, found.evidence)

    def values(name: Any) -> Vector:
        nearest = isinstance(name, tuple) and name[0] == NEAREST
        parts = checker.meaning.parts(name[1] if nearest else name)
        given = checker.combined(parts)[0]
        if not nearest:
            return given
        pair = checker.meaning.pair
        return checker.nearer(given) if pair else checker.projection(label(parts), given)[0]

    return {name: values(name) for name in names}


def letter(claim: Claim, name: Any) -> str:
    """Write a function in LaTeX."""
    if isinstance(name, tuple) and name[0] == NEAREST:
        return "g"
    return combination(name, LATEX, letters_of(claim))[0]


def squared(found: Counterexample, left: Vector, right: Vector) -> Fraction:
    """d(f, g)."""
    masses = found.instance.masses
    gaps = zip(masses, left, right, strict=True)
    return sum((m * (a - b) ** 2 for m, a, b in gaps), Fraction(0)) / sum(masses)


def written(value: Fraction) -> str:
    """Write a number: exactly if that is short."""
    return str(value) if len(str(value)) <= LONGEST else f"{float(value):.3g}"
