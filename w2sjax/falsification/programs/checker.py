"""A second opinion on a statement whose sides are programs: from the sides backwards, `fractions` alone.

Only the entries that a side needs are computed, and of a choice only the case that is chosen.
"""

from fractions import Fraction
from typing import Any

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.judging import judge
from w2sjax.falsification.opinion import Opinion, RefusedError
from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.programs.enclosures import LACKING, OPERATIONS, hull
from w2sjax.falsification.programs.program import REDUCTIONS, SCANS, Input, Program, Step
from w2sjax.falsification.statement import Statement

INFINITE = {"inf": 1, "-inf": -1}
TRUTHS = ("and", "or", "xor", "not", "all", "any")
Need = tuple[int, int]  # an entry: the number of its list, and its place there


def lacking(statement: Statement) -> str:
    """Say which operations of a statement this engine has not; nothing where it has all."""
    program = statement.program
    assert program is not None
    return ", ".join(sorted(program.operations() & set(LACKING)))


def check_case(statement: Statement, case: Case) -> Opinion:
    """Check a counterexample in code.

    Raises:
        RefusedError: if the instance is not valid, a side is not defined, or an operation is not known.
    """
    program = statement.program
    if program is None:
        raise RefusedError("there is no program")
    reason = program.fault() or case.fault() or case.misfit(program)
    if reason is not None:
        raise RefusedError(reason)
    if lacking(statement):
        raise RefusedError(f"the second engine has no {lacking(statement)}")
    values = _Evaluation(program, case)
    if program.valid is not None and values[program.valid, 0] is not True:
        raise RefusedError("the instance is not valid")
    sides = {"left": values[program.left, 0], "right": values[program.right, 0]}

    def side(name: str) -> Interval:
        if not isinstance(sides.get(name), Interval):
            raise RefusedError(f"{name}: no number")
        return sides[name]

    return judge(statement, side, {} if program.valid is None else {"valid": "exact"})


def constant_entries(
    inputs: tuple[Input, ...], steps: list[Step], place: int, size: int
) -> list[int] | None:
    """Compute a list of whole numbers that no input takes part in; None where one is not certain."""
    values = _Evaluation(Program(inputs, tuple(steps), place, place), Case(()))
    found = [_number(values[place, i]) for i in range(size)]
    if any(v is None or v.low != v.high or v.low.denominator != 1 for v in found):
        return None
    return [int(v.low) for v in found if v is not None]


class _Evaluation:
    """Entries of a program's lists, computed when they are asked for."""

    def __init__(self, program: Program, case: Case):
        self.steps, self.lengths = program.steps, program.lengths()
        self.first = len(program.inputs)
        self.known: dict[Need, Any] = {
            (i, j): _entry(value)
            for i, values in enumerate(case.values)
            for j, value in enumerate(values)
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
        which, cases = _number(self.known[step.operands[0], place]), step.operands[1:]
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
        if step.name in SCANS:
            return _scanned(step.name, operands, place % step.data)
        if step.name in REDUCTIONS:
            return _reduced(step.name, operands)
        if step.name == "power":
            return _applied("power", [operands[0]], step.data)
        return _applied(step.name, operands)


def _entry(value: Any) -> Any:
    if isinstance(value, Fraction):
        return exact(value)
    return None if isinstance(value, str) and value == "nan" else value


def _number(value: Any) -> Interval | None:
    """Make a truth value a number."""
    if isinstance(value, bool):
        return exact(int(value))
    return value if isinstance(value, Interval) else None


def _applied(name: str, operands: list[Any], *data: Any) -> Any:
    """Apply an operation, with what it says about infinities and unknown truth values."""
    if name in TRUTHS:
        return _truth(name, operands)
    if name == "finite":
        return None if operands[0] is None else isinstance(operands[0], Interval)
    if name == "number":
        return exact(int(operands[0])) if isinstance(operands[0], bool) else _unknown(operands[0])
    if name in ("max", "min", "lt", "le", "eq", "neg") and any(v in INFINITE for v in operands
                                                                 if isinstance(v, str)):  # fmt: skip
        return _with_infinity(name, operands)
    numbers = [_number(operand) for operand in operands]
    if any(number is None for number in numbers):
        return None
    return OPERATIONS[name](*numbers, *data)


def _unknown(value: Any) -> Interval:
    return value if isinstance(value, Interval) else Interval(Fraction(0), Fraction(1))


def _truth(name: str, operands: list[Any]) -> bool | None:
    decisive = {"and": False, "all": False, "or": True, "any": True}.get(name)
    if decisive is not None and decisive in [v for v in operands if v is not None]:
        return decisive
    if any(operand is None for operand in operands):
        return None
    if decisive is not None:
        return not decisive
    return not operands[0] if name == "not" else operands[0] != operands[1]


def _with_infinity(name: str, operands: list[Any]) -> Any:
    if any(operand is None for operand in operands):
        return None
    if name == "neg":
        return "-inf" if operands[0] == "inf" else "inf"
    left, right = (INFINITE.get(v, 0) if isinstance(v, str) else 0 for v in operands)
    if name in ("lt", "le", "eq"):
        return {"lt": left < right, "le": left <= right, "eq": left == right}[name]
    first = left >= right if name == "max" else left <= right
    return operands[0] if first else operands[1]


def _reduced(name: str, group: list[Any]) -> Any:
    if name in TRUTHS:
        return _truth(name, group)
    if name in ("argmax", "argmin"):
        return _place(group, 1 if name == "argmax" else -1)
    operation = {"sum": "add", "prod": "mul", "largest": "max", "smallest": "min"}[name]
    total = group[0]
    for value in group[1:]:
        total = _applied(operation, [total, value])
    return total


def _scanned(name: str, group: list[Any], place: int) -> Any:
    if name != "sort":
        reduction = {"cumsum": "sum", "cumprod": "prod", "cummax": "largest", "cummin": "smallest"}
        return _reduced(reduction[name], group[: place + 1])
    if not all(isinstance(value, Interval) for value in group):
        return None
    lows, highs = sorted(v.low for v in group), sorted(v.high for v in group)
    return Interval(lows[place], highs[place])


def _place(group: list[Any], sign: int) -> Interval | None:
    """Find the first place of the largest entry, or the smallest; all places that it may be."""
    numbers = [_number(value) for value in group]
    if any(value is None for value in numbers):
        return None
    ends = [(v.low, v.high) if sign > 0 else (-v.high, -v.low) for v in numbers if v is not None]
    reached = max(low for low, _ in ends)
    possible = [i for i, (_, high) in enumerate(ends) if high >= reached]
    first = possible[0]
    if all(ends[i][1] <= ends[first][0] for i in possible[1:]):
        return exact(first)
    return Interval(Fraction(first), Fraction(possible[-1]))
