"""The decision of a statement whose sides are programs, with growing precision."""

import dataclasses
import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.decision import OUTSIDE, UNDECIDED, Decision, compare
from w2sjax.falsification.flint_numbers import rational
from w2sjax.falsification.intervals import Interval
from w2sjax.falsification.narrowing import narrowed
from w2sjax.falsification.programs.balls import OPERATIONS
from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.programs.program import Program, Step, written
from w2sjax.falsification.rationals import simplest
from w2sjax.falsification.statement import Statement

CHANCE = Fraction(1, 1000)  # that a number is near a fraction without being meant as one


def decide_case(statement: Statement, case: Case, precisions: tuple[int, ...]) -> Decision:
    """Decide a statement about an instance: first whether it is about it at all.

    Precision grows until the answer is certain, or would be if constants stood for their doubles alone.
    """
    program = statement.program
    assert program is not None
    misfit = case.misfit(program)
    if misfit is not None:
        return Decision(OUTSIDE, hypotheses={"instance": misfit})

    def decided(given: Program, bits: int) -> Decision:
        return narrowed(
            lambda _: _decided(statement, given, run(given, case)), (bits,), Decision(UNDECIDED)
        )

    answer, wide = Decision(UNDECIDED), program.wide()
    plain = program.as_written() if wide else program
    for bits in precisions:
        answer = literal = decided(program, bits)
        if wide and answer.outcome == UNDECIDED:
            literal = decided(plain, bits)
        if literal.outcome != UNDECIDED:  # what is left is the width of constants
            about = constants_matter(wide) if literal.violated and not answer.violated else ""
            return dataclasses.replace(answer, constants=about)
    return answer


def constants_matter(wide: list[Interval]) -> str:
    """Say that a violation is one of constants as they are rounded, and how to write them exactly."""
    shown = ", ".join(repr(written(meant)) for meant in wide)
    exactly = ", ".join(f'w2sjax.exact("{v}")' for v in map(_guessed, wide) if v is not None)
    advice = f"to mean exactly that, write {exactly}" if exactly else "compute it by jax.numpy"
    return f"violated only as far as {shown} in its code is rounded; {advice}"


def _guessed(meant: Interval) -> Fraction | None:
    """Find the rational that somebody meant: one that a random interval of this width seldom has."""
    simple = simplest(meant.low, meant.high)
    return simple if simple.denominator**2 * (meant.high - meant.low) < CHANCE else None


def _decided(statement: Statement, program: Program, lists: list[list[Any]]) -> Decision:
    notes = notes_on(statement)
    if program.valid is not None:
        valid = lists[program.valid][0]
        if valid is False:
            return Decision(OUTSIDE, hypotheses={"valid": "fails"})
        if valid is None:
            return Decision(UNDECIDED, lhs="whether the instance is valid", hypotheses=notes)
    sides = {"left": lists[program.left][0], "right": lists[program.right][0]}
    if any(isinstance(side, str) for side in sides.values()):
        return Decision(UNDECIDED, lhs="a side that is not defined", hypotheses=notes)
    return compare(statement, sides, notes)


def notes_on(statement: Statement) -> dict[str, str]:
    """Say how hypotheses come in."""
    program = statement.program
    assert program is not None
    drawn = "not asked for: the instance is as it was drawn" if program.valid is None else "exact"
    notes = {"valid": drawn}
    notes |= dict.fromkeys(statement.hypotheses, "imposed in exact arithmetic, by its function")
    return notes | ({} if statement.dropped is None else {statement.dropped: "dropped"})


def run(program: Program, case: Case) -> list[list[Any]]:
    """Compute every list of a program in flint's numbers, at the present precision."""
    lists = [[_entry(value) for value in values] for values in case.values]
    for step in program.steps:
        lists.append(_step(step, [lists[operand] for operand in step.operands]))
    return lists


def _entry(value: Any) -> Any:
    if isinstance(value, Interval):
        middle, half = (value.low + value.high) / 2, (value.high - value.low) / 2
        return arb(rational(middle), rational(half))
    return value if isinstance(value, bool | str) else rational(value)


def _step(step: Step, operands: list[list[Any]]) -> list[Any]:
    name, data = step.name, step.data
    if name == "constant":
        return [_entry(value) for value in data]
    if name == "take":
        joined = list(itertools.chain(*operands))
        return [joined[place] for place in data]
    if name == "power":
        return [OPERATIONS[name](base, data) for base in operands[0]]
    if name in _GROUPS:
        (values,) = operands
        groups = [values[i : i + data] for i in range(0, len(values), data)]
        return list(itertools.chain(*(_GROUPS[name](group) for group in groups)))
    return [OPERATIONS[name](*entries) for entries in zip(*operands, strict=True)]


def _fold(name: str) -> Callable[[list[Any]], list[Any]]:
    def folded(group):
        return [list(itertools.accumulate(group, OPERATIONS[name]))[-1]]

    return folded


def _scan(name: str) -> Callable[[list[Any]], list[Any]]:
    return lambda group: list(itertools.accumulate(group, OPERATIONS[name]))


def _sorted(group: list[Any]) -> list[Any]:
    """Exchange neighbours by minimum and maximum, which balls have too."""
    low, high = OPERATIONS["min"], OPERATIONS["max"]
    found = list(group)
    for last in range(len(found) - 1, 0, -1):
        for i in range(last):
            found[i], found[i + 1] = low(found[i], found[i + 1]), high(found[i], found[i + 1])
    return found


def _place(sign: int) -> Callable[[list[Any]], list[Any]]:
    """Find the first place of the largest entry, or the smallest."""

    def place(group):
        best = 0
        for i, value in enumerate(group):
            pair = (group[best], value) if sign > 0 else (value, group[best])
            above = OPERATIONS["lt"](*pair)
            if above is None:
                half = fmpq(len(group) - 1, 2)
                return [arb(half, half)]
            best = i if above else best
        return [fmpq(best)]

    return place


_GROUPS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "sum": _fold("add"),
    "prod": _fold("mul"),
    "largest": _fold("max"),
    "smallest": _fold("min"),
    "all": _fold("and"),
    "any": _fold("or"),
    "argmax": _place(1),
    "argmin": _place(-1),
    "cumsum": _scan("add"),
    "cumprod": _scan("mul"),
    "cummax": _scan("max"),
    "cummin": _scan("min"),
    "sort": _sorted,
}
