"""The exact statement of a user's claim, derived from its code."""

from collections.abc import Callable
from typing import Any

from w2sjax._where import described
from w2sjax.claims import Claim
from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.projection.derived import derive
from w2sjax.falsification.stated import possible_statement
from w2sjax.falsification.statement import Statement
from w2sjax.user_domains import PROJECTION, is_built_in


def exact_statement(
    claim: Claim,
    check: Callable[[Any], Any] | None,
    *,
    identity: bool,
    valid: Callable[[Any], Any] | None,
    drop: str | None,
) -> Statement:
    """Put the user's function into exact terms, without one of the claim's hypotheses.

    Raises:
        NoExactSideError: with the reason, where that is out of reach.
    """
    if check is None:
        raise NoExactSideError(f"{claim.name}: no false twin is stated (false_twin=)")
    if claim.failure is not None:
        raise NoExactSideError(f"{claim.name}: a statement with probability has no counterexample")
    try:
        if claim.domain == PROJECTION:
            return derive(claim.name, check, hypotheses=claim.hypotheses, sets=claim.sets,
                          identity=identity, drop=drop)  # fmt: skip
        if is_built_in(claim.domain):
            raise NoExactSideError(f"checks on the domain {claim.domain.name!r} are not derived")
        from w2sjax.falsification.programs.traced import traced_statement

        return traced_statement(claim, check, identity=identity, valid=valid, drop=drop)
    except NoExactSideError as error:
        raise NoExactSideError(f"{claim.name}: {error}") from error
    except Exception as error:
        raise NoExactSideError(
            f"{claim.name}: its code fails on symbols ({described(error)})"
        ) from error


def contradiction(claim: Claim, statement: Statement, instance: Any, *, twin: bool) -> str:
    """Say how the user's own code contradicts a derived statement on a counterexample; else empty.

    A guard against errors of the derivation, for claims about projections.
    """
    if claim.domain != PROJECTION or claim.exact is None:
        return ""
    derived, _ = possible_statement(claim, drop=statement.dropped, twin=twin)
    if derived != statement:
        return ""
    from w2sjax.falsification.projection.rechecking import doubt

    return doubt(claim.false_twin if twin else claim.check, statement, instance)
