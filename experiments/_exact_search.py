"""Exact searches of the experiment `refutations`, for processes of their own that need no JAX."""

import itertools
import time
from collections import Counter
from typing import Any

from w2sjax.claims import REGISTRY
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import PRECISIONS, decide
from w2sjax.falsification.false_statements import false_statements
from w2sjax.falsification.refuting import refute, small_instances
from w2sjax.falsification.shrinking import shrink
from w2sjax.settings.projection.sets import SHAPES


def refuted(place: int, budget: int, shrink_seconds: float, seed: int) -> dict[str, Any]:
    """Search for a counterexample to a false statement, and shrink it."""
    false = false_statements()[place]
    claim = false.claim
    start = time.perf_counter()
    found = refute(claim, budget, seed)
    middle = time.perf_counter()
    answer = found and confirm(claim, shrink(claim, found[0], seconds=shrink_seconds))
    return {
        "statement": false.title,
        "kind": false.kind,
        "claim": claim.name,
        "setting": claim.setting.name,
        "instances": found[1] if found and answer else "",
        "size": answer.instance.described() if answer else "",
        "lhs": answer.lhs if answer else "",
        "rhs": answer.rhs if answer else "",
        "seconds": round(middle - start, 4),
        "shrink_seconds": round(time.perf_counter() - middle, 4) if answer else "",
    }


def survives(name: str, count: int, seed: int) -> dict[str, Any]:
    """Decide small instances of a claim as it is stated, spread over its sets."""
    (claim,) = (one for one in REGISTRY if one.name == name)
    outcomes: Counter[str] = Counter()
    for case in itertools.islice(small_instances(claim, seed, tuple(SHAPES)), count):
        outcomes[decide(claim, case, PRECISIONS[:1]).outcome] += 1
    return {
        "claim": name,
        "exact": outcomes.total(),
        "exact_violated": outcomes["violated"],
        "exact_undecided": outcomes["undecided"],
    }
