"""The exact statement of a claim: of the registry by name, of a user's claim from its code."""

from typing import Any

from w2sjax.claims import REGISTRY, Claim
from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.statements import STATEMENTS, TWINS


def statement_of(claim: Claim, *, drop: str | None = None, twin: bool = False) -> Statement:
    """State a claim, or its false twin, exactly, without one of its hypotheses.

    Raises:
        NoExactSideError: where there is no exact side.
        ValueError: where the claim's own code fails.
    """
    statement: Any = claim.exact
    if statement is not None and not isinstance(statement, Statement):
        return statement(drop, twin)
    if statement is not None and twin:
        raise NoExactSideError(f"{claim.name}: its exact= states the claim, and not its false twin")
    if statement is None and _is_registered(claim, twin):
        statement = (TWINS if twin else STATEMENTS).get(claim.name)
    if statement is None:
        raise NoExactSideError(f"{claim.name} has no exact side")
    return statement if drop is None else statement.without(drop)


def _is_registered(claim: Claim, twin: bool) -> bool:
    """Whether it says what the claim of the registry says that has its name."""
    return any(
        claim.name == known.name
        and claim.domain == known.domain
        and (claim.false_twin == known.false_twin if twin else claim.check == known.check)
        for known in REGISTRY
    )


def possible_statement(
    claim: Claim, *, drop: str | None = None, twin: bool = False
) -> tuple[Statement | None, str]:
    """Give the statement, or None and why there is none."""
    try:
        return statement_of(claim, drop=drop, twin=twin), ""
    except NoExactSideError as error:
        return None, str(error)
