"""The projection claims as data."""

import dataclasses
from typing import Any

from w2sjax.falsification.statement import Statement, Terms, coefficients


def _projection(claim: str, lhs: Terms, rhs: Terms, **options: Any) -> Statement:
    return Statement(claim, "projection", lhs, rhs, **options)


_ALL = (
    _projection(
        "convex_values",
        coefficients("apart", "outside"),
        coefficients("apart"),
        hypotheses=("convexity",),
        members=("truth", "other"),
    ),
    _projection(
        "misfit_gain",
        coefficients("student_error"),
        coefficients("weak_error", misfit=-1),
        hypotheses=("convexity", "realizability", "exactness"),
        members=("truth",),
    ),
    _projection(
        "gain_identity",
        coefficients("weak_error", student_error=-1),
        coefficients("misfit", product=2),
        identity=True,
        student="member",
    ),
    _projection(
        "pythagorean_identity",
        coefficients("weak_error"),
        coefficients("misfit", "student_error"),
        identity=True,
        hypotheses=("realizability", "exactness"),
        members=("truth",),
        sets=("subspace", "affine"),
    ),
    _projection(
        "gain_ceiling",
        coefficients("weak_error"),
        coefficients("misfit", "student_error", root_misfit_error=2),
        student="member",
    ),
    _projection(
        "inexact_gain",
        coefficients("student_error"),
        coefficients("weak_error", misfit=-1, gap=2),
        hypotheses=("realizability", "any student"),
        student="member",
        members=("truth", "student"),
    ),
    _projection(
        "nonrealizable_gain",
        coefficients("student_error"),
        coefficients(
            "weak_error",
            "excess",
            "epsilon",
            "roots_squared",
            misfit=-1,
            root_epsilon_weak=2,
            weak_roots=2,
        ),
        student="member",
        members=("student",),
    ),
    _projection(
        "sharpened_gain",
        coefficients("student_error"),
        coefficients("weak_error", misfit=-1, gap=2, root_epsilon_misfit=2),
        student="member",
        members=("student",),
    ),
    _projection(
        "root_distance_metric",
        coefficients("root_weak_target"),
        coefficients("root_weak_between", "root_between_target"),
    ),
)
STATEMENTS = {statement.claim: statement for statement in _ALL}

TWINS = {
    "convex_values": STATEMENTS["convex_values"].without("convexity"),
    "misfit_gain": STATEMENTS["misfit_gain"].changed(rhs={"misfit": -2}),
    "gain_identity": STATEMENTS["gain_identity"].changed(rhs={"product": 1}),
    "pythagorean_identity": STATEMENTS["pythagorean_identity"].changed(rhs={"misfit": "1/2"}),
    "gain_ceiling": STATEMENTS["gain_ceiling"].changed(rhs={"root_misfit_error": 1}),
    "inexact_gain": STATEMENTS["inexact_gain"].changed(rhs={"gap": 1}),
    "nonrealizable_gain": STATEMENTS["nonrealizable_gain"].changed(
        rhs={"root_epsilon_weak": 0, "weak_roots": 0}
    ),
    "sharpened_gain": STATEMENTS["sharpened_gain"].changed(rhs={"root_epsilon_misfit": 0}),
    "root_distance_metric": dataclasses.replace(
        STATEMENTS["root_distance_metric"],
        lhs=coefficients("weak_error"),
        rhs=coefficients("weak_between", "between_target"),
    ),
}
