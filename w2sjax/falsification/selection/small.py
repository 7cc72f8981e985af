"""Small choices among weak models: a small problem, and one to three weak models; needs no JAX."""

import random
from collections.abc import Iterator
from typing import Any

from w2sjax.falsification.projection.small import GRID, small_problems
from w2sjax.falsification.selection.selection import Selection
from w2sjax.falsification.statement import Statement


def small_selections(
    statement: Statement, kind: str, parameters: dict[str, Any] | None, seed: int
) -> Iterator[Selection]:
    """Draw small choices over a kind of set without end."""
    source = random.Random(f"{seed} {kind} {statement.claim} others")
    for problem in small_problems(statement, kind, parameters, seed):
        # Small numbers more often than large ones.
        others = tuple(
            [
                GRID[min(source.randrange(len(GRID)), source.randrange(len(GRID)))]
                for _ in range(problem.size)
            ]
            for _ in range(source.choice((0, 1, 1, 2)))
        )
        yield Selection(problem, others)
