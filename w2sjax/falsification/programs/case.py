"""An instance that a user's `draw` gives, in rational numbers."""

import dataclasses
from typing import Any

from w2sjax.falsification.programs.program import INTEGER, TRUTH, Input, Program, entry
from w2sjax.falsification.rationals import text


@dataclasses.dataclass(frozen=True)
class Case:
    """The arrays of an instance, flat, in the order of a program's inputs.

    Attributes:
        values: rational numbers and truth values.
    """

    values: tuple[tuple[Any, ...], ...]

    @property
    def size(self) -> int:
        """Number of entries."""
        return sum(map(len, self.values))

    def fault(self) -> str | None:
        """Say what makes it no instance at all: that there is nothing in it."""
        return None if self.size else "expected at least one number"

    def misfit(self, program: Program) -> str | None:
        """Say why a program cannot be run on it."""
        if len(self.values) != len(program.inputs):
            return f"expected {len(program.inputs)} arrays, got {len(self.values)}"
        for given, values in zip(program.inputs, self.values, strict=True):
            if len(values) != given.size:
                return f"{given.name}: expected {given.size} entries, got {len(values)}"
            if not all(_is(given, value) for value in values):
                return f"{given.name}: expected entries of kind {given.kind}"
        return None

    def to_json(self) -> dict[str, Any]:
        """Give it with its numbers as text."""
        return {
            "values": [
                [value if isinstance(value, bool) else text(value) for value in values]
                for values in self.values
            ]
        }

    def described(self) -> str:
        """Say how many numbers there are."""
        return "1 number" if self.size == 1 else f"{self.size} numbers"


def _is(given: Input, value: Any) -> bool:
    if isinstance(value, bool | str):
        return isinstance(value, bool) and given.kind == TRUTH
    return given.kind != TRUTH and (given.kind != INTEGER or value.denominator == 1)


def case_from_json(fields: Any) -> Case:
    """Read an instance.

    Raises:
        ValueError: if it is none.
    """
    if not isinstance(fields, dict) or set(fields) != {"values"}:
        raise ValueError("instance: expected the field values")
    rows = fields["values"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError("values: expected a list of lists")
    case = Case(tuple(tuple(map(entry, row)) for row in rows))
    fault = case.fault()
    if fault is not None:
        raise ValueError(f"values: {fault}")
    return case
