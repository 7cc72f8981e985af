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
from w2sjax.language.claims import Claim
from w2sjax.projecting import sets
from w2sjax.projecting.hypothesis import derived_again, hypothesis_class
from w2sjax.projecting.projection import project
from w2sjax.projecting.sets.function_values import ValueIntersection
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.members import fitted_to, reach, towards_other
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.sets import SHAPES, VALUES, member_near


def exact_set(convex_set: sets.ConvexSet, dimension: int) -> tuple[str, dict[str, Any]] | None:
    """Give the kind and the parameters of a set; None where the exact engine does not know it."""
    depths = SHAPES.get(convex_set.name, {"unknown": 1})
    if not any(depths.values()):
        return convex_set.name, {name: _number(getattr(convex_set, name)) for name in depths}
    match convex_set:
        case sets.Box():
            ends = (np.asarray(end, float) for end in (convex_set.lower, convex_set.upper))
            lower, upper = (np.broadcast_to(end, (dimension,)) for end in ends)
            if np.isfinite(lower).all() and np.isfinite(upper).all():
                return "box", {"lower": _list(lower), "upper": _list(upper)}
            rows, ends = np.r_[np.eye(dimension), -np.eye(dimension)], np.r_[upper, -lower]
            return "polyhedron", _rows(rows, ends, np.zeros((0, dimension)), np.zeros(0))
        case sets.Ellipsoid():
            lower = np.tril(np.asarray(convex_set.cholesky))
            return "ellipsoid", {"lower": _list(lower), "centre": _list(convex_set.centre)}
        case sets.Polyhedron():
            arrays = (convex_set.matrix, convex_set.bound, convex_set.equality, convex_set.level)
            return "polyhedron", _rows(*map(np.asarray, arrays))
        case ValueIntersection(first=sets.Monotone(), second=sets.BoundedValues(bound=bound)):
            return "bounded_monotone", {"bound": _number(bound)}
    return None


def float_set(problem: Problem) -> sets.ConvexSet:
    """Give the set of a problem in floating point."""
    given = {name: np.array(value, float) for name, value in problem.parameters.items()}
    match problem.set:
        case "bounded_monotone":
            return sets.intersect(sets.Monotone(), sets.BoundedValues(jnp.asarray(given["bound"])))
        case "ellipsoid":
            return sets.Ellipsoid(jnp.asarray(given["lower"]), jnp.asarray(given["centre"]))
        case "polyhedron":
            for rows in ("matrix", "equality"):
                given[rows] = given[rows].reshape(-1, problem.dimension)
            return sets.Polyhedron.from_arrays(**given)
    return sets.SETS[problem.set](**jax.tree.map(jnp.asarray, given))


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
    meaning, hypothesis = meaning_of(claim), raw.hypothesis
    name = next((one for one in ("sampled", "stated") if one in meaning.used), None)
    student = (raw.other, raw.other_intercept) if name is None else _student(raw, name)
    found = exact_set(hypothesis.set, int(raw.truth.shape[0]))
    values = {"truth": raw.truth, "other": raw.other, "student": student[0], "weak": raw.weak}
    if found is None or not all(np.isfinite(np.asarray(v)).all() for v in values.values()):
        return []
    values |= {"masses": hypothesis.weights, "features": hypothesis.features}
    values["offset"] = np.zeros(len(raw.offset)) if meaning.realizable else raw.offset
    constants = {"mixture": raw.mixture}
    if hypothesis.intercept:
        constants |= {"truth_intercept": raw.truth_intercept, "student_intercept": student[1]}
        constants["other_intercept"] = raw.other_intercept
    kind, parameters = found
    numbers: dict[str, Any] = {n: None if v is None else _list(v) for n, v in values.items()}
    numbers |= {name: _number(value) for name, value in constants.items()}
    problem = Problem(set=kind, parameters=parameters, **numbers)
    if kind == "polyhedron":
        problem = _polyhedron_around(problem, meaning.members)
    near = functools.partial(member_near, kind, problem.parameters)
    members = {one: near(getattr(problem, one)) for one in meaning.members}
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
    names = ("weak", "truth", "truth_intercept", "offset", "other", "other_intercept", "mixture")
    given = {name: doubles(getattr(problem, name)) for name in names}
    exact = project(hypothesis, given["weak"]).coefficients
    way, walked = given["other"] - exact, doubles(problem.student) - exact
    length = jnp.sum(way * way)
    return ProjectionInstance(
        hypothesis=hypothesis,
        **given,
        multiplicity=jnp.ones_like(given["weak"]),
        wander=jnp.where(length > 0, jnp.sum(way * walked) / jnp.where(length > 0, length, 1), 0),
        strata=jnp.zeros(3, jnp.int32),
    )
