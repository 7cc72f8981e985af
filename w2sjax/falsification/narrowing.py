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
    answer = Decision(UNDECIDED, hypotheses=hypotheses)
    for precision in precisions:
        saved, ctx.prec = ctx.prec, 2 * precision
        try:
            answer = compare(statement, quantities(precision), hypotheses)
        except OutOfReachError as error:
            answer = Decision(UNDECIDED, lhs=str(error), hypotheses=hypotheses)
        finally:
            ctx.prec = saved
        if answer.outcome != UNDECIDED:
            return answer
    return answer
