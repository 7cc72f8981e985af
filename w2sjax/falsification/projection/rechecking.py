"""A derived statement against the code it was derived from: the user's check, run on a counterexample.

The study holds the exact functions, rounded to doubles, in the place of computed ones; what the check then
compares must be what the statement compares.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
from flint import arb, ctx

from w2sjax.certificate import Projection
from w2sjax.claims.inequality import EQUAL_WITHIN, Inequality
from w2sjax.claims.projection.instance import ProjectionInstance
from w2sjax.falsification.decision import PRECISIONS, OutOfReachError
from w2sjax.falsification.exact import decide
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.quantities import Quantities
from w2sjax.falsification.statement import Statement
from w2sjax.hypothesis import hypothesis_class
from w2sjax.sets import Subspace
from w2sjax.user_domains import CertifiedStudy

ROUNDED_INPUT = 16.0  # the numbers of the instance are rounded too, which a tolerance leaves out


def doubt(check: Callable[[Any], Inequality], statement: Statement, problem: Problem) -> str:
    """Say how the check contradicts the statement on an instance; empty where it does not.

    A check that fails says nothing.
    """
    try:
        found = check(study_of(statement, problem))
    except Exception:
        return ""
    exact = decide(statement, problem)
    allowed = ROUNDED_INPUT * float(found.tolerance) + EQUAL_WITHIN * float(found.scale)
    slack = float(found.slack)
    if not abs(slack - exact.slack) > allowed:
        return ""
    return f"the code of the claim gives a slack of {slack:.6g} there, its exact statement {exact.slack:.6g}"


def study_of(statement: Statement, problem: Problem) -> CertifiedStudy:
    """Make the study of an exact instance; members are known to be in the set, so any set will do."""
    values = problem.features is None
    features = jnp.eye(problem.size) if values else _array(problem.features)
    instance = ProjectionInstance(
        hypothesis=hypothesis_class(Subspace(), features, _array(problem.masses)),
        weak=_array(problem.weak),
        truth=_array(problem.truth),
        truth_intercept=_array(problem.truth_intercept),
        offset=_array(problem.offset),
        other=_array(problem.other),
        other_intercept=_array(problem.other_intercept),
        multiplicity=jnp.ones(problem.size),
        mixture=_array(problem.mixture),
        wander=jnp.zeros(()),
        strata=jnp.zeros(3, jnp.int32),
    )
    saved, ctx.prec = ctx.prec, 2 * PRECISIONS[0]
    try:
        quantities = Quantities(problem, statement, PRECISIONS[0])
        students = _students(quantities, instance)
    finally:
        ctx.prec = saved
    return CertifiedStudy(instance, students.pop("student"), students)


def _students(quantities: Quantities, instance: ProjectionInstance) -> dict[str, Projection]:
    """Give the students by their names in a study, those that can be computed."""
    statement = quantities.statement
    about_one = statement.dropped == "exactness" or "any student" in statement.hypotheses
    member = dataclasses.replace(statement, student="member")
    stated = Quantities(quantities.problem, member, quantities.precision)
    formulas: dict[str, Callable[[], Sequence[Any]]] = {
        "projection": lambda: quantities.projection("weak"),
        "best": lambda: quantities.projection("target"),
        "sampled": lambda: stated.student,
        "mixed": lambda: quantities.mixed,
        "student": lambda: (
            quantities.student
            if about_one or statement.student == "nearer"
            else quantities.projection("weak")
        ),
    }
    found = {}
    for name, formula in formulas.items():
        try:
            found[name] = _rounded(formula(), instance)
        except OutOfReachError:
            continue
    return found


def _rounded(values: Sequence[Any], instance: ProjectionInstance) -> Projection:
    """Round the values of a student; the gap bounds how far that moves them."""
    rounded = jnp.asarray([float(arb(value)) for value in values])
    zero = jnp.zeros(())
    off = 2 * float(jnp.finfo(rounded.dtype).eps)
    gap = off**2 * jnp.sum(instance.hypothesis.weights * rounded**2)
    return Projection(
        coefficients=jnp.zeros_like(instance.truth),
        intercept=zero,
        values=rounded,
        gap=gap,
        offset=zero,
        slope=zero,
        radius=zero,
        status=jnp.zeros((), jnp.int32),
        steps=jnp.zeros((), jnp.int32),
    )


def _array(numbers: Any) -> Any:
    return jnp.asarray(_floats(numbers))


def _floats(numbers: Any) -> Any:
    return [_floats(part) for part in numbers] if isinstance(numbers, list) else float(numbers)
