"""The first exact engine for drawn instances: all lists of a program in flint's numbers."""

import dataclasses
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import rational
from w2sjax.arithmetic.intervals import Interval
from w2sjax.arithmetic.rationals import simplest
from w2sjax.language.claims import Claim
from w2sjax.settings.drawn.balls import OPERATIONS
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.drawn.program import TRUTH, Program, Step, written
from w2sjax.settings.exact import Case, NoExactSideError, OpenError

CHANCE = Fraction(1, 1000)  # that a number is near a fraction without being meant as one


class Engine:
    """What the program of an instance computes of it, at the present precision."""

    def __init__(self, claim: Claim, instance: DrawnCase, bits: int):
        self.claim, self.instance, self.bits = claim, instance, bits
        self.program = instance.program
        self.lists = run(self.program, instance.values)

    def properties(self) -> dict[str, bool]:
        """Whether the claim is about the instance; what its functions impose holds by construction."""
        imposed = {one.name: True for one in self.claim.assumptions}
        if self.program.valid is None:
            return imposed
        (valid,) = self.lists[self.program.valid]
        if valid is None:
            raise OpenError("whether the instance is valid")
        return {"valid": valid} | imposed

    def cases(self) -> list[Case]:
        """Give both sides."""
        return [Case(self.quantity)]

    def quantity(self, data: Any) -> Any:
        """Give a side."""
        (side,) = self.lists[self.program.right if data[-1] == "right" else self.program.left]
        if isinstance(side, arb) and not side.is_finite():
            raise OpenError("a side that is not defined")
        return side

    def evidence(self) -> dict[str, Any]:
        """Nothing: the program is part of the instance."""
        return {}

    def literally(self) -> "tuple[Engine | None, str]":
        """Take constants for their doubles alone, with what to say if a violation hangs on that."""
        program = self.program
        if not program.wide:
            return None, ""
        plain = dataclasses.replace(self.instance, program=program.as_written)
        return Engine(self.claim, plain, self.bits), constants_matter(program.wide)


def no_exact_side(claim: Claim) -> str:
    """Say why a claim cannot be decided exactly; nothing where it can."""
    try:
        claim.setting.program(claim)  # type: ignore[attr-defined]
    except NoExactSideError as error:
        return str(error)
    return ""


def constants_matter(wide: tuple[Interval, ...]) -> str:
    """Say that a violation is one of constants as they are rounded, and how to write them exactly."""
    shown = ", ".join(repr(written(meant)) for meant in wide)
    exactly = ", ".join(f'w2sjax.exact("{v}")' for v in map(_guessed, wide) if v is not None)
    advice = f"to mean exactly that, write {exactly}" if exactly else "compute it by jax.numpy"
    return f"violated only as far as {shown} in its code is rounded; {advice}"


def _guessed(meant: Interval) -> Fraction | None:
    """Find the rational that somebody meant: one that a random interval of this width seldom has."""
    simple = simplest(meant.low, meant.high)
    return simple if simple.denominator**2 * (meant.high - meant.low) < CHANCE else None


def run(program: Program, values: tuple[Fraction, ...]) -> list[list[Any]]:
    """Compute every list of a program in flint's numbers, at the present precision."""
    lists = [
        [value == 1 if given.kind == TRUTH else rational(value) for value in values[part]]
        for given, part in program.arrays
    ]
    for step in program.steps:
        lists.append(_step(step, [lists[operand] for operand in step.operands]))
    return lists


def _entry(value: Any) -> Any:
    if isinstance(value, Interval):
        middle, half = (value.low + value.high) / 2, (value.high - value.low) / 2
        return arb(rational(middle), rational(half))
    if isinstance(value, float):
        return arb(str(value))  # an infinity, or "nan"
    return value if isinstance(value, bool) else rational(value)


def _step(step: Step, operands: list[list[Any]]) -> list[Any]:
    name, data = step.name, step.data
    if name == "constant":
        return [_entry(value) for value in data]
    if name == "take":
        joined = operands[0] if len(operands) == 1 else list(itertools.chain(*operands))
        return [joined[place] for place in data]
    if name == "power":
        return [OPERATIONS[name](base, data) for base in operands[0]]
    if name in OPERATIONS:
        return list(map(OPERATIONS[name], *operands))
    (values,) = operands
    groups = (values[i : i + data] for i in range(0, len(values), data))
    return [entry for group in groups for entry in _combined(name, group)]


def _combined(name: str, group: list[Any]) -> Iterator[Any]:
    """Combine neighbours."""
    how, _, operation = name.partition(" ")
    if how == "sort":
        yield from _sorted(group)
    elif how in ("argmax", "argmin"):
        yield _place(group, rising=how == "argmax")
    else:
        found = itertools.accumulate(group, OPERATIONS[operation])
        yield from found if how == "scan" else list(found)[-1:]


def _sorted(group: list[Any]) -> list[Any]:
    """Exchange neighbours by minimum and maximum, which balls have too."""
    low, high = OPERATIONS["min"], OPERATIONS["max"]
    found = list(group)
    for last in range(len(found) - 1, 0, -1):
        for i in range(last):
            found[i], found[i + 1] = low(found[i], found[i + 1]), high(found[i], found[i + 1])
    return found


def _place(group: list[Any], *, rising: bool) -> Any:
    """Find the first place of the largest entry, or the smallest; all places where that is not certain."""
    best, less = 0, OPERATIONS["lt"]
    for i, value in enumerate(group):
        above = less(group[best], value) if rising else less(value, group[best])
        if above is None:
            half = fmpq(len(group) - 1, 2)
            return arb(half, half)
        best = i if above else best
    return fmpq(best)
