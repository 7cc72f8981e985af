"""The decision of a statement whose quantities are enclosed: precision grows until a sign is certain."""

from collections.abc import Callable
from typing import Any

from flint import ctx

from w2sjax.falsification.decision import UNDECIDED, Decision, OutOfReachError, compare
from w2sjax.falsification.statement import Statement


def decide_narrowing(
    statement: Statement,
    quantities: Callable[[int], Any],
    hypotheses: dict[str, str],
    precisions: tuple[int, ...],
) -> Decision:
    """Compare both sides at growing precision.

    Args:
        statement: what is claimed.
        quantities: `quantities(bits)[name]` is rational or a ball, computed at flint's precision, which
            is set to twice the bits meanwhile. `OutOfReachError` stands for "not at this precision".
        hypotheses: how each was checked.
        precisions: in bits, ascending.
    """

    def attempt(bits: int) -> Decision:
        try:
            return compare(statement, quantities(bits), hypotheses)
        except OutOfReachError as error:
            return Decision(UNDECIDED, lhs=str(error), hypotheses=hypotheses)

    return narrowed(attempt, precisions, Decision(UNDECIDED, hypotheses=hypotheses))


def narrowed(
    attempt: Callable[[int], Decision], precisions: tuple[int, ...], start: Decision
) -> Decision:
    """Decide again and again, `attempt(bits)` at twice the bits, as long as it is undecided.

    Args:
        attempt: decides at flint's precision, which is set meanwhile.
        precisions: in bits, ascending.
        start: the answer where there is no precision to try.
    """
    answer = start
    for precision in precisions:
        with ctx.workprec(2 * precision):
            answer = attempt(precision)
        if answer.outcome != UNDECIDED:
            break
    return answer
