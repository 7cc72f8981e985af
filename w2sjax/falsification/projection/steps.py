"""Steps that may make a projection problem smaller: points, columns, numbers."""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.sets import VALUES, member_near
from w2sjax.falsification.rationals import length, simplest
from w2sjax.falsification.statement import Statement

ONE, HALF = Fraction(1), Fraction(1, 2)
SHORT = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "-1/3")))
NUMBERS = ("features", "masses", "weak", "truth", "truth_intercept", "offset", "other",
           "other_intercept", "student", "student_intercept", "mixture")  # fmt: skip
PAIRS = 12  # numbers of a problem that is small enough to change two at a time


def cost(problem: Problem) -> tuple[int, ...]:
    """Order problems: padding, points, coefficients, numbers that are not zero, digits."""
    numbers = list(_flat([getattr(problem, name) for name in NUMBERS[:-1]]))
    numbers += _flat(list(problem.parameters.values()))
    # A mass of one, like an offset of zero, need not be mentioned.
    written = sum(value != 0 for value in numbers) - sum(m == 1 for m in problem.masses)
    digits = sum(map(length, numbers)) + length(problem.mixture)
    return padding(problem), problem.size, problem.dimension, written, digits


def padding(problem: Problem) -> int:
    """Count points without mass and columns of zeros: a class of one function would show little."""
    present = [mass > 0 for mass in problem.masses]
    rows = [row for row, here in zip(problem.features or [], present, strict=False) if here]
    return sum(not any(column) for column in zip(*rows, strict=True)) + present.count(False)


def _flat(value: Any) -> Iterator[Fraction]:
    if isinstance(value, list):
        for part in value:
            yield from _flat(part)
    elif value is not None:
        yield value


def rounded(problem: Problem, statement: Statement) -> Iterator[Problem]:
    """Round all numbers, from coarse to fine, after scaling the values to order one."""
    size = max((abs(v) for v in [*problem.weak, *problem.target()]), default=ONE)
    scaled = problem
    if size > 0 and problem.set not in VALUES:
        scaled = _scaled(problem, Fraction(10) ** -_magnitude(size))
    for digits in range(1, 12):
        tolerance = Fraction(1, 4**digits)

        def short(value, tolerance=tolerance):
            return simplest(value - tolerance, value + tolerance)

        for start in (scaled, problem):
            yield _repaired(_mapped(start, short), statement)


def _magnitude(size: Fraction) -> int:
    return len(str(int(size))) - 1 if size >= 1 else -len(str(int(1 / size)))


def _scaled(problem: Problem, factor: Fraction) -> Problem:
    """Multiply all values of functions; coefficients stay."""
    names = ("features", "weak", "offset", "truth_intercept", "other_intercept",
             "student_intercept")  # fmt: skip
    return dataclasses.replace(
        problem, **{name: _apply(getattr(problem, name), lambda v: v * factor) for name in names}
    )


def _apply(value: Any, change) -> Any:
    if isinstance(value, list):
        return [_apply(part, change) for part in value]
    return None if value is None else change(value)


def _mapped(problem: Problem, change) -> Problem:
    fields = {name: _apply(getattr(problem, name), change) for name in NUMBERS}
    parameters = {name: _apply(value, change) for name, value in problem.parameters.items()}
    return dataclasses.replace(problem, **fields, parameters=parameters)


def _repaired(problem: Problem, statement: Statement) -> Problem:
    """Move the coefficients that have to be members into the set, where it is known how."""
    if problem.fault() is not None:
        return problem
    found = {
        name: member_near(problem.set, problem.parameters, getattr(problem, name))
        for name in statement.members
    }
    return dataclasses.replace(problem, **{k: v for k, v in found.items() if v is not None})


def steps(problem: Problem, statement: Statement) -> Iterator[Problem]:
    """Propose smaller problems, the largest steps first."""
    for step in _fewer(problem):
        yield _repaired(step, statement)
    for name in ("offset", "other", "student", "truth", "weak"):
        zeros = [Fraction(0)] * len(getattr(problem, name))
        yield _repaired(dataclasses.replace(problem, **{name: zeros}), statement)
    yield dataclasses.replace(problem, masses=[ONE] * problem.size)
    for change in _numbers(problem):
        yield _repaired(change, statement)
    if sum(1 for _ in _flat([getattr(problem, name) for name in NUMBERS])) <= PAIRS:
        # One number may grow where another shrinks by more.
        for first in _numbers(problem, shorter=False):
            for second in _numbers(first):
                yield _repaired(second, statement)


def _fewer(problem: Problem) -> Iterator[Problem]:
    """Leave points or columns out: half of them, a quarter, ..., one."""
    for count, without in ((problem.size, without_points), (problem.dimension, _without_columns)):
        width = count // 2
        while width >= 1:
            for start in range(0, count, width):
                gone = set(range(start, min(start + width, count)))
                if len(gone) < count:
                    yield without(problem, gone)
            width //= 2


def _keep(values: Any, gone: set[int]) -> Any:
    return [value for i, value in enumerate(values) if i not in gone]


def without_points(problem: Problem, gone: set[int]) -> Problem:
    """Leave out the points of these places."""
    names = ["masses", "weak", "offset"]
    if problem.features is not None:
        names.append("features")
    else:
        names += ["truth", "other", "student"]
    return dataclasses.replace(problem, **{n: _keep(getattr(problem, n), gone) for n in names})


def _without_columns(problem: Problem, gone: set[int]) -> Problem:
    if problem.features is None:
        return problem
    parameters = dict(problem.parameters)
    for name, value in parameters.items():
        if name in ("matrix", "equality"):
            parameters[name] = [_keep(row, gone) for row in value]
        elif name in ("upper", "centre") or (name == "lower" and problem.set == "box"):
            parameters[name] = _keep(value, gone)
        elif name == "lower":
            parameters[name] = [_keep(row, gone) for row in _keep(value, gone)]
    return dataclasses.replace(
        problem,
        parameters=parameters,
        features=[_keep(row, gone) for row in problem.features],
        truth=_keep(problem.truth, gone),
        other=_keep(problem.other, gone),
        student=_keep(problem.student, gone),
    )


def _numbers(problem: Problem, *, shorter: bool = True) -> Iterator[Problem]:
    """Replace one number, by a shorter one; rows of constraints are left out one by one."""
    if problem.set == "polyhedron":
        for rows, levels in (("matrix", "bound"), ("equality", "level")):
            for i in range(len(problem.parameters[levels])):
                parameters = {
                    **problem.parameters,
                    rows: _keep(problem.parameters[rows], {i}),
                    levels: _keep(problem.parameters[levels], {i}),
                }
                yield dataclasses.replace(problem, parameters=parameters)
    for name in NUMBERS:
        for changed in changes(getattr(problem, name), shorter):
            yield dataclasses.replace(problem, **{name: changed})
    for name, value in problem.parameters.items():
        for changed in changes(value, shorter):
            yield dataclasses.replace(problem, parameters={**problem.parameters, name: changed})


def changes(value: Any, shorter: bool = True) -> Iterator[Any]:
    """All ways to replace one number of a nested list."""
    if value is None:
        return
    if isinstance(value, list):
        for i, part in enumerate(value):
            for changed in changes(part, shorter):
                yield [*value[:i], changed, *value[i + 1 :]]
        return
    tried = set()
    near = [simplest(*sorted((value * (1 - share), value * (1 + share))))
            for share in (HALF, HALF**2, HALF**4, HALF**8)]  # fmt: skip
    for other in (*SHORT, *near):
        if (length(other) < length(value) or not shorter) and other not in tried:
            tried.add(other)
            yield other
