"""Decide again, exactly, what a verification left undecided or found violated."""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.claims import Claim
from w2sjax.falsification.conversion import CONVERTED, Converter
from w2sjax.falsification.decision import HOLDS, VIOLATED
from w2sjax.falsification.exact import decide
from w2sjax.falsification.stated import possible_statement
from w2sjax.falsification.unsettled import OPEN, unsettled
from w2sjax.lookup import claim_named, variants_of
from w2sjax.verification import instance


@dataclasses.dataclass(frozen=True)
class Redecision:
    """What exact arithmetic makes of the instances that floating point did not settle.

    Attributes:
        claim, set: what was checked.
        instances: how many were looked at.
        open: how many floating point left undecided, invalid or violated.
        holds, violated, undecided: what they are, exactly.
    """

    claim: str
    set: str
    instances: int
    open: int
    holds: int
    violated: int
    undecided: int


def redecide(
    claim: Claim | str,
    key: int = 0,
    *,
    sets: list[str] | None = None,
    instances: int = 20_000,
    drop: str | None = None,
) -> list[Redecision]:
    """Decide the open instances of a verification with the same seed, over each set.

    Raises:
        ValueError: for a claim without an exact side, or names that are not known.
    """
    found = claim_named(claim)
    statement, _ = possible_statement(found, drop=drop)
    reason = why_not(found, drop)
    if statement is None or reason:
        raise ValueError(f"exact: {reason}")
    answers, convert = [], Converter(found, statement)
    for label, variant in variants_of(found, sets):
        outcomes = []
        spec = label if variant is not None else None
        places = unsettled(found, key, spec, instances, OPEN, drop=drop)
        draw = jax.jit(lambda place, spec=spec: instance(found, key, spec, place))
        for place in places:
            raw = draw(jnp.asarray(place))
            decisions = [decide(statement, case) for case in convert(raw)]
            outcomes.append({decision.outcome for decision in decisions})
        violated = sum(VIOLATED in outcome for outcome in outcomes)
        # Of the worlds for the q that matter, those that violate no hypothesis count.
        holds = sum(
            HOLDS in outcome and outcome <= {HOLDS, "outside"} for outcome in outcomes
        )  # fmt: skip
        rest = len(places) - violated - holds
        answers.append(Redecision(found.name, label, instances, len(places), holds, violated, rest))
    return answers


def why_not(claim: Claim, drop: str | None = None) -> str:
    """Say why the instances of a claim cannot be decided exactly; "" where they can."""
    statement, reason = possible_statement(claim, drop=drop)
    if statement is not None and statement.domain in CONVERTED:
        return ""
    return reason or f"{claim.name} has no exact side for random instances"
