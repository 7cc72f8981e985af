"""Shrinking: the smallest counterexample that greedy steps reach, every step confirmed exactly."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from w2sjax.falsification.decision import PRECISIONS
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.statement import Statement

SECONDS = 30.0


def shrink(statement: Statement, instance: Any, *, seconds: float = SECONDS) -> Any:
    """Make a counterexample small: fewest points, smallest dimension, zeros, short rationals.

    Deterministic but for the time limit: when it is reached, the best so far is returned.
    """
    deadline = time.monotonic() + seconds

    def violated(candidate) -> bool:
        return decide(statement, candidate, PRECISIONS[:2]).violated

    kind = KINDS[statement.domain]
    for candidate in kind.rounded(instance, statement):
        if time.monotonic() > deadline:
            return instance
        if violated(candidate):
            instance = candidate
            break
    return _descend(instance, lambda p: kind.steps(p, statement), kind.cost, violated, deadline)


def _descend(
    instance: Any,
    moves: Callable[[Any], Iterator[Any]],
    cost: Callable[[Any], Any],
    violated: Callable[[Any], bool],
    deadline: float,
) -> Any:
    """Take the first step that is cheaper and still violated, until there is none."""
    improved = True
    while improved:
        improved = False
        for candidate in moves(instance):
            if time.monotonic() > deadline:
                return instance
            if cost(candidate) < cost(instance) and violated(candidate):
                instance, improved = candidate, True
                break
    return instance
