"""A second opinion on a choice among weak models, from stated students; `fractions` alone."""

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.judging import among, judge
from w2sjax.falsification.opinion import Opinion, RefusedError
from w2sjax.falsification.projection.checker import quantities
from w2sjax.falsification.projection.supports import BITS
from w2sjax.falsification.rationals import Vector
from w2sjax.falsification.selection.selection import Selection
from w2sjax.falsification.statement import Statement


def check_selection(
    statement: Statement, selection: Selection, students: dict[str, tuple[Vector, Fraction]]
) -> Opinion:
    """Check a counterexample of the claims on choosing a weak model.

    Raises:
        RefusedError: if a hypothesis fails, a student is missing or no member, or the choice is open.
    """
    fault = selection.fault()
    if fault is not None:
        raise RefusedError(fault)
    models = []
    for j, problem in enumerate(selection.problems()):
        stated = {"weak": students.get(f"weak {j + 1}"), "target": students.get("target")}
        known = {name: student for name, student in stated.items() if student is not None}
        models.append(quantities(statement, problem, known))
    lower, upper = [_lower(m) for m in models], lambda m: _promised(m) + _target_term(m)
    errors = [m["student_error"] for m in models]

    def off(bound) -> Interval:
        below = [low - error for low, error in zip(lower, errors, strict=True)]
        return _highest([*below, *(e - bound(m) for e, m in zip(errors, models, strict=True))])

    def open_() -> Interval:
        chosen = _choice(models)
        others = [upper(models[chosen]) - low for j, low in enumerate(lower) if j != chosen]
        return _highest([exact(0), *others])

    def regret() -> Interval:
        chosen = _choice(models)
        return _highest(
            [exact(0), *(errors[chosen] - e for j, e in enumerate(errors) if j != chosen)]
        )

    formulas: dict[str, Callable[[], Interval]] = {
        "off_bracket": lambda: off(upper),
        "off_realizable": lambda: off(_promised),
        "regret": regret,
        "open": open_,
    }
    opinion = judge(statement, among(formulas), {})
    notes = {}
    for j, model in enumerate(models):
        notes |= {name.replace("weak", f"weak {j + 1}"): note for name, note in model.notes.items()}
    return dataclasses.replace(opinion, notes=notes)


def _lower(model: Any) -> Interval:
    """L, the square of the positive part of the difference of two roots."""
    reach = model["weak_error"].root(BITS) - model["misfit"].root(BITS)
    return Interval(max(reach.low, Fraction(0)) ** 2, max(reach.high, Fraction(0)) ** 2)


def _promised(model: Any) -> Interval:
    return model["weak_error"] - model["misfit"]


def _target_term(model: Any) -> Interval:
    return (model["epsilon"] * model["misfit"]).root(BITS).scaled(Fraction(2))


def _highest(parts: list[Interval]) -> Interval:
    return Interval(max(part.low for part in parts), max(part.high for part in parts))


def _choice(models: list[Any]) -> int:
    """Give the place of the least weak error less misfit, the first among equals."""
    keys = [_promised(model) for model in models]
    for j, key in enumerate(keys):
        first = all(key.high < other.low for other in keys[:j])
        if first and all(key.high <= other.low for other in keys[j + 1 :]):
            return j
    raise RefusedError("which model is chosen is open")
