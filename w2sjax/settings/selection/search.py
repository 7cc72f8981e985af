"""Small choices among weak models, and steps to smaller ones: models, points, numbers; needs nothing."""

import dataclasses
import random
from collections.abc import Iterator
from typing import Any

from w2sjax.arithmetic.rationals import length
from w2sjax.language.claims import Claim
from w2sjax.settings.projection import search as projection
from w2sjax.settings.selection import of_one
from w2sjax.settings.selection.instance import Selection
from w2sjax.settings.shrinking import changed, changes, favoured

FEW = 4  # values of weak models up to which two numbers are changed at a time


def small(claim: Claim, kind: str, parameters: Any, seed: int) -> Iterator[Selection]:
    """Draw small choices over a kind of set without end: a small problem, and one to three weak models."""
    source = random.Random(f"{seed} {kind} {claim.name} others")
    for problem in projection.small(of_one(claim), kind, parameters, seed):
        others = tuple(
            [favoured(source, projection.GRID) for _ in range(problem.size)]
            for _ in range(source.choice((0, 1, 1, 2)))
        )
        yield Selection(problem, others)


def cost(selection: Selection) -> tuple[int, ...]:
    """Order them: models, then as their problem, then the numbers of the other models."""
    values = [value for weak in selection.others for value in weak]
    padding, points, dimension, written, digits = projection.cost(selection.problem)
    written += sum(value != 0 for value in values)
    return selection.count, padding, points, dimension, written, digits + sum(map(length, values))


def rounded(selection: Selection, claim: Claim) -> Iterator[Selection]:
    """Round the problem alone; steps shorten the other models."""
    for problem in projection.rounded(selection.problem, of_one(claim)):
        yield dataclasses.replace(selection, problem=problem)


def steps(selection: Selection, claim: Claim) -> Iterator[Selection]:
    """Propose smaller ones, the largest steps first."""
    models = [selection.problem.weak, *selection.others]
    for j in range(len(models) if len(models) > 1 else 0):
        first, *others = [weak for i, weak in enumerate(models) if i != j]
        yield Selection(dataclasses.replace(selection.problem, weak=first), tuple(others))
    for i in range(selection.size if selection.size > 1 else 0):
        others = tuple([*weak[:i], *weak[i + 1 :]] for weak in selection.others)
        yield Selection(projection.without_points(selection.problem, {i}), others)
    for problem in projection.steps(selection.problem, of_one(claim)):
        if problem.size == selection.size:
            yield dataclasses.replace(selection, problem=problem)
    yield from changed(selection, "others")
    if selection.count * selection.size <= FEW:
        # One number may grow where another shrinks by more.
        for others in changes(selection.others, shorter=False):
            for problem in changed(selection.problem, "features", "weak", "offset", "masses"):
                yield Selection(problem, others)
