"""Shrinking: the smallest counterexample that greedy steps reach, every step confirmed exactly."""

import time
from typing import Any

from w2sjax.falsification.deciding import PRECISIONS, decide
from w2sjax.language.claims import Claim

SECONDS = 30.0


def shrink(claim: Claim, instance: Any, *, seconds: float = SECONDS) -> Any:
    """Make a counterexample small: fewest points, smallest dimension, zeros, short rationals.

    First the coarsest rounding, then the first step that is cheaper and still violated, again and again
    until there is none. Deterministic but for the time limit: when it is reached, the best so far is
    returned.
    """
    deadline = time.monotonic() + seconds
    search = claim.setting.part("search")
    rounded = getattr(search, "rounded", lambda instance, claim: ())
    candidates, rounding, cost = rounded(instance, claim), True, search.cost(instance)
    while True:
        for candidate in candidates:
            if time.monotonic() > deadline:
                return instance
            cheaper = rounding or search.cost(candidate) < cost
            if cheaper and decide(claim, candidate, PRECISIONS[:2]).violated:
                instance, cost = candidate, search.cost(candidate)
                break
        else:
            if not rounding:
                return instance
        candidates, rounding = search.steps(instance, claim), False
