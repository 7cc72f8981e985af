"""Small experiments: few points, short numbers; needs no JAX."""

import random
from collections.abc import Iterator
from fractions import Fraction

from w2sjax.falsification.detection.experiment import Experiment
from w2sjax.falsification.statement import Statement

FAILURES = tuple(map(Fraction, ("1/2", "1/10", "1/4", "3/4", "1/3", "9/10", "1/20")))
DENSITIES = tuple(map(Fraction, ("1/2", "0", "1", "1/4", "3/4", "1/3", "1/10")))
LENGTHS = tuple(map(Fraction, ("1", "2", "3", "4", "1/2", "6", "3/2", "8", "12")))
SIZES = (1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32)
DIRECTIONS = (2, 3, 4, 8, 16, 64)


def small_experiments(statement: Statement, seed: int) -> Iterator[Experiment]:
    """Draw small experiments without end; the dropped hypothesis is broken in each."""
    source = random.Random(f"{seed} {statement.claim} {statement.dropped}")

    def number(grid):
        # Those that are named first more often than the others.
        return grid[min(source.randrange(len(grid)), source.randrange(len(grid)))]

    while True:
        yield Experiment(
            points=number(SIZES),
            failure=number(FAILURES),
            density=number(DENSITIES),
            mean=source.choice((Fraction(0), *LENGTHS)),
            threshold=number(LENGTHS),
            zeroed=source.random() < 0.3,
            copies=statement.dropped == "i.i.d. points",
            directions=number(DIRECTIONS) if statement.dropped == "one direction" else 1,
            easy=number(LENGTHS) if statement.dropped == "hard coordinates only" else Fraction(0),
        )
