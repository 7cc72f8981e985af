"""Exact searches of the experiment `refutations`, for processes of their own that need no JAX."""

import itertools
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.decision import PRECISIONS
from w2sjax.falsification.exact import decide
from w2sjax.falsification.false_statements import ABOUT_BALLS, FALSE_STATEMENTS, refute
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.projection.sets import SHAPES
from w2sjax.falsification.shrinking import shrink
from w2sjax.falsification.statements import STATEMENTS

FOUND = (
    "statement",
    "claim",
    "domain",
    "instances",
    "size",
    "lhs",
    "rhs",
    "seconds",
    "shrink_seconds",
)


def refuted(place: int, budget: int, shrink_seconds: float, seed: int) -> dict[str, Any]:
    """Search for a counterexample to a false statement, and shrink it."""
    name, statement, kind = FALSE_STATEMENTS[place]
    start = time.perf_counter()
    found = refute(statement, kind, budget, seed)
    row = dict.fromkeys(FOUND, "") | {"statement": name, "claim": statement.claim}
    row |= {"domain": statement.domain, "seconds": round(time.perf_counter() - start, 4)}
    if found is None:
        return row
    start = time.perf_counter()
    answer = confirm(statement, shrink(statement, found[0], seconds=shrink_seconds))
    if answer is None:
        return row
    return row | {
        "instances": found[1],
        "size": answer.instance.described(),
        "lhs": answer.lhs,
        "rhs": answer.rhs,
        "shrink_seconds": round(time.perf_counter() - start, 4),
    }


def survives(name: str, count: int, seed: int) -> dict[str, Any]:
    """Decide small instances of a claim as it is stated, spread over its sets."""
    statement = STATEMENTS[name]
    kinds = statement.sets or (_sets(statement.domain) if statement.sets is None else ("none",))
    outcomes: Counter[str] = Counter()
    for kind in kinds:
        stream = KINDS[statement.domain].small(statement, kind, None, seed)
        for case in itertools.islice(stream, -(-count // len(kinds))):
            outcomes[decide(statement, case, PRECISIONS[:1]).outcome] += 1
    return {
        "claim": name,
        "exact": outcomes.total(),
        "exact_violated": outcomes["violated"],
        "exact_undecided": outcomes["undecided"],
    }


def _sets(domain: str) -> Sequence[str]:
    if domain in ABOUT_BALLS:
        return ("l2_ball",)
    return tuple(SHAPES) if domain == "projection" else ("subspace",)
