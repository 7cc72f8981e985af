"""An instance that a user's `draw` gives, in rational numbers, with the program of the sides."""

import dataclasses
from fractions import Fraction

from w2sjax.settings.drawn.program import REAL, TRUTH, Program
from w2sjax.settings.records import Record


@dataclasses.dataclass(frozen=True)
class DrawnCase(Record):
    """The entries of all drawn arrays, one after the other.

    Attributes:
        program: what computes the sides, and whether the claim is about these numbers.
        values: rational numbers, in the order of the program's inputs; truth values are 1 and 0.
    """

    program: Program
    values: tuple[Fraction, ...]

    def fault(self) -> str | None:
        """Say why the program cannot be run on it."""
        kinds, values = self.program.kinds, self.values
        if not kinds:
            return "values: expected at least one number"
        if len(values) != len(kinds):
            return f"values: expected {len(kinds)} entries, got {len(values)}"
        for kind, value in zip(kinds, values, strict=True):
            whole = kind == REAL or value.denominator == 1
            if not whole or (kind == TRUTH and value not in (0, 1)):
                return f"values: expected an entry of kind {kind}, got {value}"
        return self.program.fault()

    def described(self) -> str:
        """Say how many numbers there are."""
        return "1 number" if len(self.values) == 1 else f"{len(self.values)} numbers"


Instance = DrawnCase
