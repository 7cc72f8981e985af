"""An instance of a user's own as lines of Markdown."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import numbers
from w2sjax.language.claims import Claim
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.drawn.program import TRUTH, Input, written

LONG = 10**9  # denominators that are shown as decimals


def page(instance: DrawnCase, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give every drawn array, row by row."""
    del evidence
    program, lines = instance.program, []
    for given, part in program.arrays:
        lines += _array(given, instance.values[part])
    lines += ["", f"The sides are what the code of {claim.name} gives in exact arithmetic: "
                  f"{len(program.steps)} operations, in the file of the counterexample."]  # fmt: skip
    if program.wide:
        shown = ", ".join(repr(written(meant)) for meant in program.wide)
        lines.append(f"They are enclosed for all that {shown} in it may stand for.")
    if program.valid is None:
        lines.append("It was drawn; nothing (valid=) says which other instances count.")
    return lines


def _array(given: Input, values: Sequence[Fraction]) -> list[str]:
    entries = [bool(value) for value in values] if given.kind == TRUTH else values
    if not given.shape:
        return [f"* {given.name} = {_shown(entries)[1:-1]}"]
    width = given.shape[-1]
    rows = [_shown(entries[i : i + width]) for i in range(0, len(entries), width)]
    if len(rows) == 1:
        return [f"* {given.name} = {rows[0]}"]
    return [f"* {given.name}, by rows:", *(f"    * {row}" for row in rows)]


def _shown(values: Sequence[Any]) -> str:
    long = any(value.denominator > LONG for value in values)
    return numbers([repr(float(value)) for value in values] if long else values)
