"""The checker's comparison of both sides, from the enclosures of the quantities; `fractions` alone."""

from collections.abc import Callable, Mapping

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.opinion import Opinion, RefusedError
from w2sjax.falsification.statement import Statement


def judge(
    statement: Statement, quantity: Callable[[str], Interval], notes: dict[str, str]
) -> Opinion:
    """Sum the quantities that take part, `quantity(name)` each, and compare."""
    lhs, rhs = (
        sum((quantity(name).scaled(a) for name, a in side.items() if a != 0), start=exact(0))
        for side in (statement.lhs, statement.rhs)
    )
    violated = rhs.high < lhs.low or (statement.identity and lhs.high < rhs.low)
    return Opinion(violated, lhs, rhs, notes)


def among(formulas: Mapping[str, Callable[[], Interval]]) -> Callable[[str], Interval]:
    """Look quantities up; a name that is not among the formulas raises RefusedError."""

    def quantity(name: str) -> Interval:
        if name not in formulas:
            raise RefusedError(f"unknown quantity {name!r}")
        return formulas[name]()

    return quantity
