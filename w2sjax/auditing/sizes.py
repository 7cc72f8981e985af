"""What a report says of points, features and their rank."""

from typing import Any

import jax.numpy as jnp

from w2sjax.auditing.results import finite
from w2sjax.projecting.hypothesis import HypothesisClass
from w2sjax.projecting.rows import Rows


def sizes(hypothesis: HypothesisClass) -> dict[str, Any]:
    """Count the points of some weight, the features and their rank; say how they were read."""
    features, factors = hypothesis.features, hypothesis.factorisation
    condition, route = None, "memory"
    if factors is not None and int(factors.rank) > 0:
        condition = finite(factors.condition)
    if isinstance(features, Rows):
        route = "blocks" if features.basis is None else "blocks, in another basis"
    return {
        "route": route,
        "n": int(jnp.sum(hypothesis.weights > 0)),
        "d": None if features is None else features.shape[1],
        "rank": None if factors is None else int(factors.rank),
        "unresolved": 0 if factors is None else max(0, int(factors.ceiling - factors.rank)),
        "condition_number": condition,
    }
