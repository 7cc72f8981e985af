"""The second opinion on drawn instances: a program from the sides backwards, in intervals.

Only the entries that a side needs are computed, and of a choice only the case that is chosen.
"""

import functools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, exact
from w2sjax.language.claims import Claim
from w2sjax.settings.drawn.enclosures import OPERATIONS, hull, integer_power, number, numeric
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.drawn.program import REDUCTIONS, SCANS, TRUTH, Program, Step
from w2sjax.settings.exact import Case, RefusedError

Need = tuple[int, int]  # an entry: the number of its list, and its place there


class Checker:
    """The program of an instance, whatever computed it before."""

    def __init__(self, claim: Claim, instance: DrawnCase, evidence: dict[str, Any]):
        del claim, evidence
        self.program, self.notes = instance.program, {}
        self.values = Evaluation(instance.program, instance.values)

    def properties(self) -> dict[str, bool]:
        """Whether the claim is about the instance."""
        valid = self.program.valid
        return {} if valid is None else {"valid": self.values[valid, 0] is True}

    def cases(self) -> list[Case]:
        """Give both sides."""
        return [Case(self.quantity)]

    def quantity(self, data: Any) -> Interval:
        """Give a side."""
        place = self.program.right if data[-1] == "right" else self.program.left
        found = self.values[place, 0]
        if not isinstance(found, Interval) or isinstance(found.low, float):
            raise RefusedError(f"{data[-1]} side: no number")
        return found


class Evaluation:
    """Entries of a program's lists, computed when they are asked for."""

    def __init__(self, program: Program, values: Sequence[Fraction] = ()):
        self.steps, self.lengths = program.steps, program.lengths
        self.first = len(program.inputs)
        self.known: dict[Need, Any] = {
            (i, j): value == 1 if given.kind == TRUTH else exact(value)
            for i, (given, part) in enumerate(program.arrays)
            for j, value in enumerate(values[part])
        }

    def __getitem__(self, wanted: Need) -> Any:
        """Compute an entry after all that it needs, without recursion."""
        waiting = [wanted]
        while waiting:
            need = waiting[-1]
            if need not in self.known:
                step = self.steps[need[0] - self.first]
                missing = [n for n in self.needs(step, need[1]) if n not in self.known]
                if missing:
                    waiting += missing
                    continue
                self.known[need] = self.value(step, need[1])
            waiting.pop()
        return self.known[wanted]

    def needs(self, step: Step, place: int) -> list[Need]:
        """List the entries that an entry of a step depends on, as far as is known."""
        if step.name == "constant":
            return []
        if step.name == "take":
            at = step.data[place]
            for operand in step.operands:
                if at < self.lengths[operand]:
                    return [(operand, at)]
                at -= self.lengths[operand]
        if step.name in REDUCTIONS:
            return [(step.operands[0], place * step.data + i) for i in range(step.data)]
        if step.name in SCANS:
            start = place - place % step.data
            return [(step.operands[0], start + i) for i in range(step.data)]
        if step.name == "select" and (step.operands[0], place) in self.known:
            return [(operand, place) for operand in (step.operands[0], *self.chosen(step, place))]
        if step.name == "select":
            return [(step.operands[0], place)]
        return [(operand, place) for operand in step.operands]

    def chosen(self, step: Step, place: int) -> tuple[int, ...]:
        """Give the case that is chosen, or all where that is not certain."""
        which, cases = number(self.known[step.operands[0], place]), step.operands[1:]
        if which is not None and which.low == which.high:
            return (cases[min(max(int(which.low), 0), len(cases) - 1)],)
        return cases

    def value(self, step: Step, place: int) -> Any:
        """Compute an entry from those that it needs."""
        if step.name == "constant":
            return _entry(step.data[place])
        operands = [self.known[need] for need in self.needs(step, place)]
        if step.name == "take":
            return operands[0]
        if step.name == "select":
            return hull(operands[1:])
        if step.name == "power":
            return numeric(lambda base: integer_power(base, step.data))(*operands)
        if step.name in OPERATIONS:
            return OPERATIONS[step.name](*operands)
        return _combined(step.name, operands, place % step.data)


def constant_entries(program: Program, place: int, size: int) -> list[int] | None:
    """Compute a list of whole numbers that no input takes part in; None where one is not certain."""
    values = Evaluation(program)
    found = [number(values[place, i]) for i in range(size)]
    if any(v is None or v.low != v.high or v.low.denominator != 1 for v in found):
        return None
    return [int(v.low) for v in found if v is not None]


def _entry(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else Interval(value, value)  # type: ignore[arg-type]
    return exact(value) if isinstance(value, Fraction) else value


def _combined(name: str, group: list[Any], place: int) -> Any:
    """Combine neighbours: all of them, those up to a place, or what stands there once they are sorted."""
    how, _, operation = name.partition(" ")
    if how == "scan":
        group = group[: place + 1]
    if operation:
        return functools.reduce(OPERATIONS[operation], group)
    numbers = [number(value) for value in group]
    if any(value is None for value in numbers):
        return None
    ends = [(v.low, v.high) for v in numbers if v is not None]
    if how == "sort":
        return Interval(*(sorted(side)[place] for side in zip(*ends, strict=True)))
    return _place(ends if how == "argmax" else [(-high, -low) for low, high in ends])


def _place(ends: list[tuple[Any, Any]]) -> Interval:
    """Find the first place of the largest entry; all places that it may be."""
    reached = max(low for low, _ in ends)
    possible = [i for i, (_, high) in enumerate(ends) if high >= reached]
    first = possible[0]
    if all(ends[i][1] <= ends[first][0] for i in possible[1:]):
        return exact(first)
    return Interval(Fraction(first), Fraction(possible[-1]))
