"""The search among small exact instances alone, by which false statements are refuted; needs no JAX."""

import itertools
from collections.abc import Iterator
from typing import Any

from w2sjax.falsification.deciding import PRECISIONS, decide
from w2sjax.language.claims import Claim

USUAL = ("subspace", "l2_ball")  # a set without bound and one with


def small_instances(claim: Claim, seed: int = 0, usual: tuple[str, ...] = USUAL) -> Iterator[Any]:
    """List small exact instances, of each kind of set in turn: the claim's, its setting's, or usual ones."""
    sets = claim.setting.sets
    kinds = claim.sets or (sets if isinstance(sets, tuple) else usual if sets else (None,))
    small = claim.setting.part("search").small
    streams = [small(claim, kind, None, seed) for kind in kinds]
    return itertools.chain.from_iterable(zip(*streams, strict=False))


def refute(claim: Claim, budget: int, seed: int = 0) -> tuple[Any, int] | None:
    """Give the first instance that violates a claim, and how many it took."""
    for count, case in enumerate(itertools.islice(small_instances(claim, seed), budget), 1):
        if decide(claim, case, PRECISIONS[:1]).violated:
            return case, count
    return None
