"""What exact arithmetic says of a statement, and the comparison of its two sides."""

import dataclasses
from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.flint_numbers import rational, written
from w2sjax.falsification.statement import Statement

PRECISIONS = (128, 512, 2048)
HOLDS, VIOLATED, UNDECIDED, OUTSIDE = "holds", "violated", "undecided", "outside"


class OutOfReachError(Exception):
    """A quantity that the exact engine cannot compute."""


class InfiniteError(Exception):
    """A right side that is infinite, so that the statement holds."""


@dataclasses.dataclass(frozen=True)
class Decision:
    """What exact arithmetic says.

    Attributes:
        outcome: "holds", "violated", "undecided", or "outside" if a hypothesis fails.
        lhs, rhs: both sides as text, rational or enclosed; empty where there are none.
        slack: rhs - lhs (or minus its size for an identity) as a double, for people and for sorting.
        hypotheses: how each was checked, or why it fails.
        students: coefficients and intercept of every projection, for the checker.
        constants: where a violation hangs on how constants are rounded, what to write; else empty.
    """

    outcome: str
    lhs: str = ""
    rhs: str = ""
    slack: float = 0.0
    hypotheses: dict[str, str] = dataclasses.field(default_factory=dict)
    students: dict[str, tuple[list[Any], Any]] = dataclasses.field(default_factory=dict)
    constants: str = ""

    @property
    def violated(self) -> bool:
        """Whether it is a counterexample."""
        return self.outcome == VIOLATED


def _side(terms, quantities):
    total = fmpq(0)
    for name, coefficient in terms.items():
        if coefficient != 0:
            total = total + quantities[name] * rational(coefficient)
    return total


def compare(statement: Statement, quantities: Any, hypotheses: dict[str, str]) -> Decision:
    """Compare both sides, sums of `quantities[name]`: the difference's sign has to be certain."""
    lhs, rhs = _side(statement.lhs, quantities), _side(statement.rhs, quantities)
    difference = rhs - lhs
    slack = float(difference if isinstance(difference, arb) else arb(difference))
    slack = -abs(slack) if statement.identity else slack
    if statement.identity:
        certain = difference > 0 or difference < 0
        outcome = VIOLATED if certain else HOLDS if difference == 0 else UNDECIDED
    elif difference >= 0:
        outcome = HOLDS
    else:
        outcome = VIOLATED if difference < 0 else UNDECIDED
    return Decision(outcome, written(lhs), written(rhs), slack, hypotheses)
