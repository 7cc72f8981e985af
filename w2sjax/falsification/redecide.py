"""Decide again, exactly, what a verification left undecided or found violated."""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.falsification.deciding import HOLDS, OUTSIDE, VIOLATED, decide
from w2sjax.falsification.question import no_exact_side
from w2sjax.falsification.unsettled import OPEN, unsettled
from w2sjax.language.claims import Claim
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
    found = claim_named(claim).without(drop)
    reason = why_not(found)
    if reason:
        raise ValueError(f"exact: {reason}")
    convert = found.setting.part("conversion").exact_instances
    answers = []
    for label, variant in variants_of(found, sets):
        spec = label if variant is not None else None
        places = unsettled(found, key, spec, instances, OPEN)
        draw = jax.jit(lambda place, spec=spec: instance(found, key, spec, place))
        outcomes = []
        for place in places:
            exact = convert(draw(jnp.asarray(place)), found)
            outcomes.append({decide(found, one).outcome for one in exact})
        violated = sum(VIOLATED in outcome for outcome in outcomes)
        # Of several instances that one stands for, those count that meet every assumption.
        holds = sum(HOLDS in outcome and outcome <= {HOLDS, OUTSIDE} for outcome in outcomes)
        rest = len(places) - violated - holds
        answers.append(Redecision(found.name, label, instances, len(places), holds, violated, rest))
    return answers


def why_not(claim: Claim) -> str:
    """Say why the random instances of a claim cannot be decided exactly; "" where they can."""
    has = claim.setting.has("conversion")
    return no_exact_side(claim) or (
        "" if has else f"{claim.name} has no exact side for random instances"
    )
