"""A second opinion on a counterexample in a finite world: sets of points, and `fractions` alone."""

from fractions import Fraction

from w2sjax.falsification.intervals import exact
from w2sjax.falsification.opinion import Opinion, RefusedError, UnboundedError
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.book import Book
from w2sjax.falsification.worlds.refusals import check_hypotheses
from w2sjax.falsification.worlds.world import World


def check_world(statement: Statement, world: World) -> Opinion:
    """Check a counterexample of the expansion claims.

    Raises:
        RefusedError: if a hypothesis fails.
    """
    fault = world.fault()
    if fault is not None:
        raise RefusedError(fault)
    book = Book(world, statement)
    notes = check_hypotheses(book)
    nothing = exact(0)
    try:
        sides = [
            sum((a * book.quantity(name) for name, a in side.items() if a != 0), Fraction(0))
            for side in (statement.lhs, statement.rhs)
        ]
    except UnboundedError:
        return Opinion(False, nothing, nothing, notes)
    lhs, rhs = sides
    return Opinion(rhs < lhs, exact(lhs), exact(rhs), notes)
