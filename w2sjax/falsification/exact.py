"""The decision of a statement on an exact instance: violated, holds, undecided, or no instance of it.

Rational numbers decide at once; where roots enter, enclosures are narrowed until the sign is certain
or the largest precision is reached. Hypotheses are checked exactly first.
"""

from typing import Any

from w2sjax.falsification.decision import OUTSIDE, PRECISIONS, Decision
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.statement import Statement


def decide(
    statement: Statement, instance: Any, precisions: tuple[int, ...] = PRECISIONS
) -> Decision:
    """Decide a statement on an exact instance of its domain."""
    fault = instance.fault()
    if fault is not None:
        return Decision(OUTSIDE, hypotheses={"instance": fault})
    return KINDS[statement.domain].decide(statement, instance, precisions)
