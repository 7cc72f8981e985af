"""Small populations, drawn where a missing hypothesis shows; needs no JAX."""

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.sampling.population import INDEPENDENT, REPEATED, Population
from w2sjax.falsification.sampling.statements import BOUNDED, FIRST, IID
from w2sjax.falsification.statement import Statement

DELTA = Fraction(1, 10)
VALUES = tuple(map(Fraction, ("1", "-1", "1", "-1", "1", "-1", "0", "1/2", "-1/2")))
FEATURES = tuple(map(Fraction, ("1", "-1", "1", "-1", "1/2", "-1/2")))
LARGE = tuple(map(Fraction, ("2", "4", "8", "16")))
MASSES = tuple(map(Fraction, (1, 1, 1, 2, 3, 5, 8)))
LONG = tuple(2**power for power in range(13))  # one point, repeated
COPIES = (4, 16, 64, 256, 1024)


def small_populations(
    statement: Statement, kind: str, parameters: dict[str, Any] | None, seed: int
) -> Iterator[Population]:
    """Draw small populations without end; `parameters` may fix the radius of the class.

    Without "i.i.d. sample" one point is repeated; without "weak model first" there are many points alike
    and the weak model has another value where the sample is; without "boundedness" members are large.
    No feature is 0, so that every sample has one student.
    """
    if kind != "l2_ball":
        return
    radius = Fraction(1) if parameters is None else parameters["radius"]
    source = random.Random(f"{seed} {kind} {statement.claim}")
    while True:
        yield _population(source, statement, radius)


def _population(source: random.Random, statement: Statement, radius: Fraction) -> Population:
    repeated = IID not in statement.hypotheses
    chosen_after = FIRST not in statement.hypotheses
    alike = chosen_after and source.random() < 0.8
    kinds = 1 if alike else source.choice((2, 2, 2, 3))
    if repeated:
        draws = source.choice(LONG)
    elif alike:
        draws = source.choice((2, 4, 8, 16, 32, 64, 128, 256))
    else:
        draws = source.randint(1, (24, 8)[kinds - 2] if not chosen_after else 8)

    def values(grid=VALUES):
        return [source.choice(grid) for _ in range(kinds)]

    features, weak, target = values(FEATURES), values(), values()
    if source.random() < 0.5:
        features = [Fraction(1)] * kinds
    if source.random() < 0.5:
        slope = source.choice(VALUES)
        target = [slope * x for x in features]
    if BOUNDED not in statement.hypotheses:
        features, weak = ([v * source.choice((1, *LARGE)) for v in row] for row in (features, weak))
    seen = weak
    if chosen_after:
        seen = [-value for value in weak] if source.random() < 0.7 else values()
    return Population(
        copies=[source.choice(COPIES) if chosen_after else 1 for _ in range(kinds)],
        masses=values(MASSES) if kinds > 1 else [Fraction(1)],
        features=[x / radius for x in features],
        weak=weak,
        seen=seen,
        target=target,
        radius=radius,
        bound=Fraction(1),
        draws=draws,
        scheme=REPEATED if repeated else INDEPENDENT,
        delta=DELTA,
    )
