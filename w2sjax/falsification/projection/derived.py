"""The exact statement of a user's claim about projections, from its check alone."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from w2sjax.claims.claim import Hypothesis
from w2sjax.claims.projection import study as projection
from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.polynomials import Polynomial
from w2sjax.falsification.projection.symbolic import Symbol, SymbolicStudy
from w2sjax.falsification.statement import Statement

KNOWN = {
    "realizability": projection.REALIZABLE,
    "exactness": projection.EXACT,
    "any student": projection.INEXACT,
    "convexity": projection.CONVEX,
}


def derive(
    name: str,
    check: Callable[[Any], Any],
    *,
    hypotheses: Mapping[str, Hypothesis],
    sets: Sequence[str] | None,
    identity: bool,
    drop: str | None,
) -> Statement:
    """Run a check on symbols and state what it compares, without one of its hypotheses.

    Raises:
        NoExactSideError: where that is no sum of products and roots of known quantities, or a
            hypothesis is the user's own.
    """
    for label, hypothesis in hypotheses.items():
        if KNOWN.get(label) is not hypothesis:
            raise NoExactSideError(f"the hypothesis {label!r} is not one of w2sjax's")
    study = SymbolicStudy()
    sides = _sides(check(study))
    used = study.used
    if drop == "convexity" and used & {"best", "projection", "sampled"}:
        raise NoExactSideError("without convexity there is one student, the nearer member")
    members = _members(used, hypotheses)
    member = "student" in members
    terms = [_terms(side, sampled="sampled" in used) for side in sides]
    statement = Statement(
        name,
        "projection",
        *terms,
        identity=identity,
        hypotheses=tuple(hypotheses),
        student="member" if member else "projection",
        members=_ordered(members),
        sets=None if sets is None else tuple(sets),
    )
    if drop is None:
        return statement
    # What the check itself calls a member stays one, whatever is dropped.
    left = {label: hypothesis for label, hypothesis in hypotheses.items() if label != drop}
    dropped = statement.without(drop)
    members = {*dropped.members, *_members(used, left)}
    return dataclasses.replace(dropped, members=_ordered(members))


def _ordered(members: set[str]) -> tuple[str, ...]:
    return tuple(label for label in ("truth", "other", "student") if label in members)


def _members(used: set[str], hypotheses: Mapping[str, Hypothesis]) -> set[str]:
    """Name the coefficients that must lie in the set; a sampled student is any member."""
    members = {"truth"} if "realizability" in hypotheses or "member" in used else set()
    if used & {"other", "combination", "mixed"}:
        members |= {"truth", "other"}
    about = {"any student", "exactness"} & set(hypotheses)
    if "sampled" in used and "student" in used and about:
        raise NoExactSideError("it has two students, and a hypothesis about one")
    if "sampled" in used or "any student" in hypotheses:
        members.add("student")
    return members


def _sides(found: Any) -> tuple[Polynomial, Polynomial]:
    if not isinstance(found, tuple) or not any(isinstance(side, Symbol) for side in found):
        raise NoExactSideError("its sides are not built from the study's methods")
    if len(found) != 2:
        raise NoExactSideError("it states a tolerance of its own")
    nothing = Symbol(Polynomial({}))
    left, right = (nothing + side for side in found)
    return left.polynomial, right.polynomial


_SAMPLED = {"d(sampled,target)": "student_error", "d(sampled,weak)": "misfit"}
_EXACT = {"misfit": "d(projection,weak)", "student_error": "d(projection,target)"}
_ROLES = {"student": "projection", "sampled": "student"}


def _terms(side: Polynomial, *, sampled: bool) -> dict[str, Fraction]:
    """Write a side; where a sampled student takes part, that is "the student" of the statement."""
    if not sampled:
        return side.named()

    def renamed(match: re.Match[str]) -> str:
        word = match.group()
        known = _SAMPLED.get(word) or _EXACT.get(word)
        return known or re.sub("student|sampled", lambda role: _ROLES[role.group()], word)

    return {
        re.sub(r"d\([a-z,]+\)|[a-z_]+", renamed, name): value
        for name, value in side.named().items()
    }
