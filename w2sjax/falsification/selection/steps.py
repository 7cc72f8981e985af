"""Steps that may make a choice among weak models smaller: models, points, columns, numbers."""

import dataclasses
from collections.abc import Iterator

from w2sjax.falsification.projection.steps import changes, without_points
from w2sjax.falsification.projection.steps import cost as problem_cost
from w2sjax.falsification.projection.steps import steps as problem_steps
from w2sjax.falsification.rationals import length
from w2sjax.falsification.selection.selection import Selection
from w2sjax.falsification.statement import Statement

FEW = 4  # values of weak models up to which two numbers are changed at a time


def cost(selection: Selection) -> tuple[int, ...]:
    """Order them: models, then as their problem, then the numbers of the other models."""
    values = [value for weak in selection.others for value in weak]
    padding, points, dimension, written, digits = problem_cost(selection.problem)
    written += sum(value != 0 for value in values)
    return selection.count, padding, points, dimension, written, digits + sum(map(length, values))


def steps(selection: Selection, statement: Statement) -> Iterator[Selection]:
    """Propose smaller ones, the largest steps first."""
    models = [selection.problem.weak, *selection.others]
    for j in range(len(models) if len(models) > 1 else 0):
        first, *others = [weak for i, weak in enumerate(models) if i != j]
        problem = dataclasses.replace(selection.problem, weak=first)
        yield Selection(problem, tuple(others))
    for i in range(selection.size if selection.size > 1 else 0):
        others = tuple([*weak[:i], *weak[i + 1 :]] for weak in selection.others)
        yield Selection(without_points(selection.problem, {i}), others)
    for problem in problem_steps(selection.problem, statement):
        if problem.size == selection.size:
            yield dataclasses.replace(selection, problem=problem)
    for others in changes(list(selection.others)):
        yield dataclasses.replace(selection, others=tuple(others))
    if selection.count * selection.size <= FEW:
        # One number may grow where another shrinks by more.
        for others in changes(list(selection.others), shorter=False):
            for name in ("features", "weak", "offset", "masses"):
                for changed in changes(getattr(selection.problem, name)):
                    problem = dataclasses.replace(selection.problem, **{name: changed})
                    yield Selection(problem, tuple(others))
