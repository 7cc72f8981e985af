"""Shrinking: the smallest counterexample that greedy steps reach, every step confirmed exactly."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from w2sjax.falsification.exact import PRECISIONS, decide
from w2sjax.falsification.problem import Problem
from w2sjax.falsification.problem_steps import cost as problem_cost
from w2sjax.falsification.problem_steps import rounded, steps
from w2sjax.falsification.statements import Statement
from w2sjax.falsification.world import World
from w2sjax.falsification.world_steps import cost as world_cost
from w2sjax.falsification.world_steps import steps as world_steps

SECONDS = 30.0


def shrink(
    statement: Statement, instance: Problem | World, *, seconds: float = SECONDS
) -> Problem | World:
    """Make a counterexample small: fewest points, smallest dimension, zeros, short rationals.

    Deterministic but for the time limit: when it is reached, the best so far is returned.
    """
    deadline = time.monotonic() + seconds

    def violated(candidate) -> bool:
        return decide(statement, candidate, PRECISIONS[:2]).violated

    if isinstance(instance, World):
        return _descend(instance, world_steps, world_cost, violated, deadline)
    for candidate in rounded(instance, statement):
        if time.monotonic() > deadline:
            return instance
        if violated(candidate):
            instance = candidate
            break
    return _descend(instance, lambda p: steps(p, statement), problem_cost, violated, deadline)


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
