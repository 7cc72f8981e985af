"""The decision of a statement about a finite world: everything is a ratio of integers."""

from w2sjax.falsification.decision import HOLDS, OUTSIDE, Decision, InfiniteError, compare
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.hypotheses import check_hypotheses
from w2sjax.falsification.worlds.quantities import WorldQuantities
from w2sjax.falsification.worlds.world import World


def decide_world(statement: Statement, world: World, precisions: tuple[int, ...] = ()) -> Decision:
    """Decide a statement about a world without fault; no precision is needed."""
    del precisions
    quantities = WorldQuantities(world, statement)
    hypotheses, satisfied = check_hypotheses(quantities)
    if not satisfied:
        return Decision(OUTSIDE, hypotheses=hypotheses)
    try:
        return compare(statement, quantities, hypotheses)
    except InfiniteError:
        return Decision(HOLDS, rhs="inf", slack=float("inf"), hypotheses=hypotheses)
