"""Claims and sets by name."""

from collections.abc import Sequence
from typing import Any

from w2sjax.claims import REGISTRY
from w2sjax.language.claims import Claim
from w2sjax.language.names import unknown
from w2sjax.projecting.sets import SETS, ConvexSet
from w2sjax.projecting.sets.parse import parse_set

NO_SET = "none"  # what stands for a set where a claim has none


def claim_named(claim: Claim | str) -> Claim:
    """Find a claim of the registry; claims themselves pass.

    Raises:
        ValueError: if there is none of this name.
    """
    if isinstance(claim, Claim):
        return claim
    known = {one.name: one for one in REGISTRY}
    if claim not in known:
        raise unknown("claim", claim, known)
    return known[claim]


def variant_named(
    spec: str | ConvexSet | type[ConvexSet] | None,
) -> tuple[str, ConvexSet | type[ConvexSet] | None]:
    """Give a label, and the set or kind of set that it stands for; None where there is none.

    Raises:
        ValueError: for a specification that `parse_set` refuses.
    """
    if spec is None or spec == NO_SET:
        return NO_SET, None
    if isinstance(spec, str):
        return spec, parse_set(spec)
    return spec.name, spec


def left_out(
    claims: Sequence[Claim | str], sets: Sequence[str | ConvexSet | type[ConvexSet]] | None
) -> list[str]:
    """Say in a line each which claims are stated for none of the sets, and which sets for no claim."""
    if sets is None:
        return []
    chosen, known = [claim_named(claim) for claim in claims], [variant_named(spec) for spec in sets]
    idle = [c.name for c in chosen if not any(c.stated_for(variant) for _, variant in known)]
    empty = [label for label, variant in known if not any(c.stated_for(variant) for c in chosen)]
    lines = []
    if idle:
        none = f"none of the sets asked for ({', '.join(label for label, _ in known)})"
        lines.append(f"left out, as stated for {none}: {', '.join(idle)}")
    if empty:
        lines.append(f"left out, as none of the claims is stated for it: {', '.join(empty)}")
    return lines


def variants_of(
    claim: Claim, sets: Sequence[str | ConvexSet | type[ConvexSet]] | None
) -> list[tuple[str, Any]]:
    """List (label, set or kind of set, or None) for those of the sets that a claim is stated for.

    Raises:
        ValueError: if there is none.
    """
    if not claim.over_sets:
        return [(NO_SET, None)]
    known = [variant_named(spec) for spec in (SETS.values() if sets is None else sets)]
    chosen = [(label, variant) for label, variant in known if claim.stated_for(variant)]
    if not chosen:
        labels = [label for label, _ in known]
        raise ValueError(f"sets: {claim.name} is stated for none of {labels}")
    return chosen
