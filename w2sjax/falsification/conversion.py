"""From instances in floating point to exact ones: every double is a rational number.

What has to be a member of the set is moved inside where rounding left it outside; hyperplanes of a
polyhedron are moved to the member instead.
"""

import dataclasses
from fractions import Fraction
from typing import Any

import jax
import numpy as np

from w2sjax.claims import Claim
from w2sjax.claims.projection.instance import ProjectionInstance
from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.programs.traced import case_of
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.sets import member_near
from w2sjax.falsification.rationals import Vector, apply, exactly
from w2sjax.falsification.selection.selection import Selection
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.constants import fitted
from w2sjax.falsification.worlds.world import World
from w2sjax.sets import (
    BoundedValues,
    Box,
    ConvexSet,
    Ellipsoid,
    L1Ball,
    L2Ball,
    Monotone,
    Orthant,
    Polyhedron,
    Simplex,
    Subspace,
)
from w2sjax.sets.value_intersection import ValueIntersection

# Kinds whose random instances can be made exact.
CONVERTED = ("projection", "expansion", "selection", "yours")


def exact_set(convex_set: ConvexSet, dimension: int) -> tuple[str, dict[str, Any]] | None:
    """Give the kind and the parameters of a set; None where the exact engine does not know it."""
    match convex_set:
        case Subspace() | Orthant() | Monotone():
            return convex_set.name, {}
        case Simplex():
            return "simplex", {"total": _number(convex_set.total)}
        case L1Ball() | L2Ball():
            return convex_set.name, {"radius": _number(convex_set.radius)}
        case BoundedValues():
            return "bounded_values", {"bound": _number(convex_set.bound)}
        case Box():
            lower, upper = (
                np.broadcast_to(np.asarray(side, float), (dimension,))
                for side in (convex_set.lower, convex_set.upper)
            )
            if np.isfinite(lower).all() and np.isfinite(upper).all():
                return "box", {"lower": _list(lower), "upper": _list(upper)}
            rows, ends = np.r_[np.eye(dimension), -np.eye(dimension)], np.r_[upper, -lower]
            return "polyhedron", _rows(rows, ends, np.zeros((0, dimension)), np.zeros(0))
        case Ellipsoid():
            lower = np.tril(np.asarray(convex_set.cholesky))
            return "ellipsoid", {"lower": _list(lower), "centre": _list(convex_set.centre)}
        case Polyhedron():
            arrays = (convex_set.matrix, convex_set.bound, convex_set.equality, convex_set.level)
            return "polyhedron", _rows(*map(np.asarray, arrays))
        case ValueIntersection(first=Monotone(), second=BoundedValues(bound=bound)):
            return "bounded_monotone", {"bound": _number(bound)}
    return None


def _rows(matrix, bound, equality, level) -> dict[str, Any]:
    """Leave out the rows that an infinite bound opens."""
    kept = np.isfinite(bound)
    arrays = {"matrix": matrix[kept], "bound": bound[kept], "equality": equality, "level": level}
    return {name: _list(array) for name, array in arrays.items()}


def _number(value) -> Fraction:
    return Fraction(float(value))


def _list(array) -> Any:
    return exactly(np.asarray(array, np.float64).tolist())


def exact_problem(
    instance: ProjectionInstance, student: Any, statement: Statement
) -> Problem | None:
    """Convert an instance; `student` is the one under study where it is a stated member.

    Returns None where the set is out of reach, or a member cannot be moved inside.
    """
    hypothesis = instance.hypothesis
    dimension = int(instance.truth.shape[0])
    found = exact_set(hypothesis.set, dimension)
    values = [instance.truth, instance.other, student.coefficients, instance.weak]
    if found is None or not all(np.isfinite(np.asarray(value)).all() for value in values):
        return None
    kind, parameters = found
    realizable = "realizability" in statement.hypotheses
    offset = _list(instance.offset)
    free = hypothesis.intercept
    problem = Problem(
        set=kind,
        parameters=parameters,
        features=None if hypothesis.features is None else _list(hypothesis.features),
        masses=_list(hypothesis.weights),
        weak=_list(instance.weak),
        truth=_list(instance.truth),
        truth_intercept=_number(instance.truth_intercept) if free else Fraction(0),
        offset=[Fraction(0)] * len(offset) if realizable else offset,
        other=_list(instance.other),
        other_intercept=_number(instance.other_intercept) if free else Fraction(0),
        student=_list(student.coefficients),
        student_intercept=_number(student.intercept) if free else Fraction(0),
        mixture=_number(instance.mixture),
    )
    if kind == "polyhedron":
        problem = _polyhedron_around(problem, statement)
    members = {
        name: member_near(kind, problem.parameters, getattr(problem, name))
        for name in statement.members
    }
    if any(member is None for member in members.values()):
        return None
    return dataclasses.replace(problem, **members)


def _polyhedron_around(problem: Problem, statement: Statement) -> Problem:
    """Let the constraints pass the members: coefficients onto one plane, bounds beyond them."""
    parameters = dict(problem.parameters)
    rows = parameters["equality"]
    moved: dict[str, Vector] = {}
    if rows:
        parameters["level"] = apply(rows, problem.truth)
    for name in statement.members:
        point = getattr(problem, name)
        for row, level in zip(rows, parameters["level"], strict=True):
            # Exact for one row, and rows of drawn polyhedra are one.
            step = (level - sum(map(_product, row, point))) / sum(map(_product, row, row))
            point = [a + step * b for a, b in zip(point, row, strict=True)]
        moved[name] = point
        reached = apply(parameters["matrix"], point)
        parameters["bound"] = [max(a, b) for a, b in zip(parameters["bound"], reached, strict=True)]
    return dataclasses.replace(problem, parameters=parameters, **moved)


def _product(left: Fraction, right: Fraction) -> Fraction:
    return left * right


def exact_worlds(world: Any, statement: Statement) -> list[World]:
    """Convert a finite world, once for every q that matters (and c, where it is stated)."""
    count = int(np.asarray(world.masses).shape[0])
    graph = np.asarray(world.neighbours)
    if statement.dropped == "symmetry":
        graph = np.triu(graph)
    masses = _list(world.masses)
    keep = [i for i in range(count) if masses[i] > 0]
    plain = World(
        masses=[masses[i] for i in keep],
        truth=[int(world.truth[i]) for i in keep],
        teacher=[int(world.teacher[i]) for i in keep],
        hard=[bool(world.hard[i]) for i in keep],
        neighbours=[[bool(graph[i, j]) for j in keep] for i in keep],
        classifiers=[[int(row[i]) for i in keep] for row in np.asarray(world.classifiers)],
        q=Fraction(0),
    )
    return list(fitted(plain, statement))


def exact_selections(raw: Any, statement: Statement) -> list[Selection]:
    """Convert a choice among weak models; none where the set is out of reach."""
    models, base = np.asarray(raw.weak), raw.base
    instance = dataclasses.replace(base, weak=raw.weak[0])
    student = Coefficients(base.other, base.other_intercept)
    problem = exact_problem(instance, student, statement)
    if problem is None or not np.isfinite(models).all():
        return []
    return [Selection(problem, tuple(_list(weak) for weak in models[1:]))]


@dataclasses.dataclass(frozen=True)
class Coefficients:
    """A function of the class, as a student that plays no part."""

    coefficients: Any
    intercept: Any


class Converter:
    """Converts the raw instances of a claim into exact ones: several worlds, at most one problem."""

    def __init__(self, claim: Claim, statement: Statement):
        self.statement = statement
        drop = statement.dropped if statement.dropped in claim.hypotheses else None

        def student(raw):
            study = claim.impose(claim.domain.prepare(raw, claim.needs), drop)
            return study.sampled if "sampled" in claim.needs else study.student

        self.student = jax.jit(student)  # compiled when it is first needed

    def __call__(self, raw: Any) -> list[Problem | World | Selection | Case]:
        """Convert one instance."""
        if self.statement.domain == "expansion":
            return list(exact_worlds(raw, self.statement))
        if self.statement.domain == "selection":
            return list(exact_selections(raw, self.statement))
        if self.statement.domain == "yours":
            case = case_of(raw)
            return [] if case is None else [case]
        if self.statement.domain not in CONVERTED:
            return []
        student = Coefficients(raw.other, raw.other_intercept)
        if self.statement.student == "member":
            student = self.student(raw)
        problem = exact_problem(raw, student, self.statement)
        return [] if problem is None else [problem]
