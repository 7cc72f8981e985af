"""An instance of a user's own as lines of Markdown."""

from typing import Any

from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.programs.program import Input, written
from w2sjax.falsification.rationals import numbers
from w2sjax.falsification.statement import Statement

LONG = 10**9  # denominators that are shown as decimals


def page(case: Case, statement: Statement, students: dict[str, Any]) -> list[str]:
    """Give every drawn array, row by row."""
    del students
    program = statement.program
    assert program is not None
    lines = []
    for given, values in zip(program.inputs, case.values, strict=True):
        lines += _array(given, values)
    lines += ["", f"The sides are what the code of {statement.claim} gives in exact arithmetic: "
                  f"{len(program.steps)} operations, in the file of the counterexample."]  # fmt: skip
    if program.wide():
        shown = ", ".join(repr(written(meant)) for meant in program.wide())
        lines.append(f"They are enclosed for all that {shown} in it may stand for.")
    if program.valid is None:
        lines.append("It was drawn; nothing (valid=) says which other instances count.")
    return lines


def _array(given: Input, values: tuple[Any, ...]) -> list[str]:
    if not given.shape:
        return [f"* {given.name} = {_shown(values[:1])[1:-1]}"]
    width = given.shape[-1]
    rows = [_shown(values[i : i + width]) for i in range(0, len(values), width)]
    if len(rows) == 1:
        return [f"* {given.name} = {rows[0]}"]
    return [f"* {given.name}, by rows:", *(f"    * {row}" for row in rows)]


def _shown(values: tuple[Any, ...]) -> str:
    if any(not isinstance(v, bool) and v.denominator > LONG for v in values):
        return "(" + ", ".join(repr(float(value)) for value in values) + ")"
    return numbers(values)


def words(statement: Statement) -> dict[str, str]:
    """Name the sides."""
    del statement
    return {"left": "left side", "right": "right side"}
