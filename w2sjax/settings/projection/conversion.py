"""From problems in floating point to exact ones, and back: every double is a rational number.

What has to be a member of the set is moved inside where rounding left it outside; hyperplanes of a
polyhedron are moved to the member instead.
"""

import dataclasses
import functools
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.arithmetic.rationals import Vector, apply, dot, exactly
from w2sjax.hypothesis import derived_again, hypothesis_class
from w2sjax.language.claims import Claim
from w2sjax.projection import project
from w2sjax.sets import (
    SETS,
    BoundedValues,
    Box,
    ConvexSet,
    Ellipsoid,
    Monotone,
    Polyhedron,
    intersect,
)
from w2sjax.sets.function_values import ValueIntersection
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.members import fitted_to, reach, towards_other
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.sets import SHAPES, VALUES, member_near


def exact_set(convex_set: ConvexSet, dimension: int) -> tuple[str, dict[str, Any]] | None:
    """Give the kind and the parameters of a set; None where the exact engine does not know it."""
    depths = SHAPES.get(convex_set.name, {"unknown": 1})
    if not any(depths.values()):
        return convex_set.name, {name: _number(getattr(convex_set, name)) for name in depths}
    match convex_set:
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


def float_set(problem: Problem) -> ConvexSet:
    """Give the set of a problem in floating point."""
    given = {name: np.array(value, float) for name, value in problem.parameters.items()}
    match problem.set:
        case "bounded_monotone":
            return intersect(Monotone(), BoundedValues(jnp.asarray(given["bound"])))
        case "ellipsoid":
            return Ellipsoid(jnp.asarray(given["lower"]), jnp.asarray(given["centre"]))
        case "polyhedron":
            for rows in ("matrix", "equality"):
                given[rows] = given[rows].reshape(-1, problem.dimension)
            return Polyhedron.from_arrays(**given)
    return SETS[problem.set](**jax.tree.map(jnp.asarray, given))


def _rows(matrix, bound, equality, level) -> dict[str, Any]:
    """Leave out the rows that an infinite bound opens."""
    kept = np.isfinite(bound)
    arrays = {"matrix": matrix[kept], "bound": bound[kept], "equality": equality, "level": level}
    return {name: _list(array) for name, array in arrays.items()}


def _number(value) -> Fraction:
    return Fraction(float(value))


def _list(array) -> Any:
    return exactly(np.asarray(array, np.float64).tolist())


def exact_instances(raw: ProjectionInstance, claim: Claim) -> list[Problem]:
    """Convert an instance; none where the set is out of reach, or a member cannot be moved inside."""
    meaning = meaning_of(claim)
    name = next((one for one in ("sampled", "stated") if one in meaning.used), None)
    student = raw.other, raw.other_intercept
    if name is not None:
        student = _student(raw, name)
    hypothesis = raw.hypothesis
    found = exact_set(hypothesis.set, int(raw.truth.shape[0]))
    values = (raw.truth, raw.other, student[0], raw.weak)
    if found is None or not all(np.isfinite(np.asarray(value)).all() for value in values):
        return []
    kind, parameters = found
    free, offset = hypothesis.intercept, _list(raw.offset)
    problem = Problem(
        set=kind,
        parameters=parameters,
        features=None if hypothesis.features is None else _list(hypothesis.features),
        masses=_list(hypothesis.weights),
        weak=_list(raw.weak),
        truth=_list(raw.truth),
        truth_intercept=_number(raw.truth_intercept) if free else Fraction(0),
        offset=[Fraction(0)] * len(offset) if meaning.realizable else offset,
        other=_list(raw.other),
        other_intercept=_number(raw.other_intercept) if free else Fraction(0),
        student=_list(student[0]),
        student_intercept=_number(student[1]) if free else Fraction(0),
        mixture=_number(raw.mixture),
    )
    if kind == "polyhedron":
        problem = _polyhedron_around(problem, meaning.members)
    members = {
        one: member_near(kind, problem.parameters, getattr(problem, one)) for one in meaning.members
    }
    if any(member is None for member in members.values()):
        return []
    return [dataclasses.replace(problem, **members)]


@functools.partial(jax.jit, static_argnames="name")
def _student(raw: ProjectionInstance, name: str) -> tuple[Any, Any]:
    raw = dataclasses.replace(raw, hypothesis=derived_again(raw.hypothesis))
    label, share = fitted_to(raw, name)
    found = towards_other(raw, project(raw.hypothesis, label, radius=reach(raw)), share)
    return found.coefficients, found.intercept


def _polyhedron_around(problem: Problem, members: tuple[str, ...]) -> Problem:
    """Let the constraints pass the members: coefficients onto one plane, bounds beyond them."""
    parameters = dict(problem.parameters)
    rows = parameters["equality"]
    moved: dict[str, Vector] = {}
    if rows:
        parameters["level"] = apply(rows, problem.truth)
    for name in members:
        point = getattr(problem, name)
        for row, level in zip(rows, parameters["level"], strict=True):
            # Exact for one row, and rows of drawn polyhedra are one.
            step = (level - dot(row, point)) / dot(row, row)
            point = [a + step * b for a, b in zip(point, row, strict=True)]
        moved[name] = point
        reached = apply(parameters["matrix"], point)
        parameters["bound"] = [max(a, b) for a, b in zip(parameters["bound"], reached, strict=True)]
    return dataclasses.replace(problem, parameters=parameters, **moved)


def from_exact(problem: Problem) -> ProjectionInstance:
    """Give the doubles next to a problem.

    Its student has to lie on the way from the projection to `other`.
    """

    def doubles(value: Any) -> Any:
        return jnp.asarray(np.array(value, float))

    features = None if problem.set in VALUES else doubles(problem.features)
    hypothesis = hypothesis_class(float_set(problem), features, doubles(problem.masses))
    weak, other = doubles(problem.weak), doubles(problem.other)
    exact = project(hypothesis, weak).coefficients
    way, walked = other - exact, doubles(problem.student) - exact
    length = jnp.sum(way * way)
    return ProjectionInstance(
        hypothesis=hypothesis,
        weak=weak,
        truth=doubles(problem.truth),
        truth_intercept=doubles(problem.truth_intercept),
        offset=doubles(problem.offset),
        other=other,
        other_intercept=doubles(problem.other_intercept),
        multiplicity=jnp.ones_like(weak),
        mixture=doubles(problem.mixture),
        wander=jnp.where(length > 0, jnp.sum(way * walked) / jnp.where(length > 0, length, 1), 0),
        strata=jnp.zeros(3, jnp.int32),
    )
