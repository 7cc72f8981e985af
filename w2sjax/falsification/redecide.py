"""The instances of a verification that floating point does not settle, and what they are exactly."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.arithmetic.inequality import Verdict
from w2sjax.falsification.claim_source import source_of
from w2sjax.falsification.deciding import HOLDS, OUTSIDE, VIOLATED, decide, no_exact_side
from w2sjax.language.claims import Claim
from w2sjax.language.files import to_json
from w2sjax.machine.compilation import compile_quickly
from w2sjax.machine.records import Record
from w2sjax.settings.random_instances import compared, prepare
from w2sjax.verification.lookup import claim_named, variants_of
from w2sjax.verification.verifying import BLOCK, fingerprints, instance

OPEN = (Verdict.UNDECIDED, Verdict.INVALID, Verdict.VIOLATED)


def unsettled(
    claim: Claim,
    key: int,
    spec: Any,
    instances: int,
    verdicts: Sequence[Verdict] = (Verdict.EQUAL, *OPEN),
    *,
    stop: Callable[[], bool] = lambda: False,
) -> list[int]:
    """List the instances with one of these verdicts: least normalised slack first, as computed.

    Within its tolerance a slack is not known; among those the computed one is the order. `stop` is
    asked after every block whether to end early.
    """

    def judged(place):
        side = compared(prepare(instance(claim, key, spec, place), (claim,)), claim)
        size = jnp.abs(side.lhs) + jnp.abs(side.rhs)
        computed = side.slack / jnp.where(size > 0, size, 1)
        return side.verdict(), side.normalised_slack, computed

    places = jnp.arange(BLOCK)
    program = compile_quickly(jax.jit(jax.vmap(judged)).lower(places))
    blocks = []
    for start in range(0, instances, BLOCK):
        blocks.append(jax.device_get(program(start + places)))
        if stop():
            break
    if not blocks:
        return []
    outcomes, known, computed = np.concatenate(blocks, axis=1)[:, :instances]
    order = np.lexsort((computed, known))  # NaN comes last
    return order[np.isin(outcomes, verdicts)[order]].tolist()


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
    checkpoint: str | Path | None = None,
) -> list[Redecision]:
    """Decide the open instances of a verification with the same seed, over each set.

    What is found over a set is recorded in the folder `checkpoint`, and taken from there if it is there.

    Raises:
        ValueError: for a claim without an exact side, or names that are not known.
    """
    found = claim_named(claim).without(drop)
    reason = why_not(found)
    if reason:
        raise ValueError(f"exact: {reason}")
    answers = []
    for label, variant in variants_of(found, sets):
        work = {"claim": to_json(found), "source": source_of(found), "seed": key}
        work |= {"set": [label, *fingerprints(variant)], "instances": instances}
        spec = label if variant is not None else None
        counted = functools.partial(_counted, found, key, spec, instances)
        counts = Record(checkpoint, "decide", work).once("counts", counted)
        answers.append(Redecision(found.name, label, instances, **counts))
    return answers


def _counted(claim: Claim, key: int, spec: Any, instances: int) -> dict[str, int]:
    """Count what the open instances over a set are."""
    convert = claim.setting.part("conversion").exact_instances
    places = unsettled(claim, key, spec, instances, OPEN)
    draw = jax.jit(lambda place: instance(claim, key, spec, place))
    drawn = (convert(draw(jnp.asarray(place)), claim) for place in places)
    outcomes = [{decide(claim, one).outcome for one in exact} for exact in drawn]
    violated = sum(VIOLATED in outcome for outcome in outcomes)
    # Of several instances that one stands for, those count that meet every assumption.
    holds = sum(HOLDS in outcome and outcome <= {HOLDS, OUTSIDE} for outcome in outcomes)
    known = {"open": len(places), "holds": holds, "violated": violated}
    return known | {"undecided": len(places) - violated - holds}


def why_not(claim: Claim) -> str:
    """Say why the random instances of a claim cannot be decided exactly; "" where they can."""
    has = claim.setting.has("conversion")
    lacking = "" if has else f"{claim.name} has no exact side for random instances"
    return no_exact_side(claim) or lacking
