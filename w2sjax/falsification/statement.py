r"""The claims as data: sums of named quantities, compared; what a counterexample file states.

A statement is $\sum_i a_i Q_i \le \sum_j b_j Q_j$ (or $=$) with rational coefficients; false variants
have other coefficients. The quantities are those of the engine and, computed in another way, of the checker.
Needs no JAX.
"""

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from w2sjax.falsification.programs.program import Program, program_from_json
from w2sjax.falsification.rationals import field

Terms = Mapping[str, Fraction]
PROGRAMS = "yours"  # the domain of the statements that have a program
STUDENTS = ("projection", "member", "nearer")
MEMBERS = ("truth", "other", "student")


@dataclasses.dataclass(frozen=True)
class Statement:
    """What is claimed of an exact instance.

    Attributes:
        claim: its name.
        domain: the kind of its exact instances, by its name in `kinds.KINDS`.
        lhs, rhs: coefficients by quantity.
        identity: whether equality is claimed.
        hypotheses: names, without the dropped one.
        dropped: a hypothesis done without.
        student: who the student is: the "projection", any "member", or the "nearer" of two members.
        members: names of coefficients that must lie in the set.
        sets: kinds of sets it is stated for; None for all.
        program: the code of both sides, where they are a user's: the quantities "left" and "right".
    """

    claim: str
    domain: str
    lhs: Terms
    rhs: Terms
    identity: bool = False
    hypotheses: tuple[str, ...] = ()
    dropped: str | None = None
    student: str = "projection"
    members: tuple[str, ...] = ()
    sets: tuple[str, ...] | None = None
    program: Program | None = None

    def quantities(self) -> tuple[str, ...]:
        """Names of the quantities that take part."""
        terms = {**self.lhs, **self.rhs}
        return tuple(
            name for name in terms if self.lhs.get(name, 0) != 0 or self.rhs.get(name, 0) != 0
        )

    def changed(
        self, *, lhs: Mapping[str, Any] | None = None, rhs: Mapping[str, Any] | None = None
    ):
        """Make the statement with other coefficients: those given replace or join the old ones."""
        new = [{k: Fraction(v) for k, v in (given or {}).items()} for given in (lhs, rhs)]
        return dataclasses.replace(self, lhs={**self.lhs, **new[0]}, rhs={**self.rhs, **new[1]})

    def without(self, hypothesis: str) -> "Statement":
        """Drop a hypothesis.

        Raises:
            ValueError: if there is none of this name.
        """
        if hypothesis not in self.hypotheses:
            known = ", ".join(self.hypotheses) or "none"
            raise ValueError(
                f"drop: {self.claim} has no hypothesis {hypothesis!r} (it has: {known})"
            )
        left = tuple(name for name in self.hypotheses if name != hypothesis)
        change: dict[str, Any] = {"hypotheses": left, "dropped": hypothesis}
        if hypothesis == "realizability":
            change["members"] = tuple(name for name in self.members if name != "truth")
        elif hypothesis == "convexity":
            change |= {"student": "nearer", "members": ("truth", "other")}
        elif hypothesis == "exactness":
            change |= {"student": "member", "members": (*self.members, "student")}
        elif hypothesis == "any student":
            change["student"] = "projection"
        return dataclasses.replace(self, **change)

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for side in ("lhs", "rhs"):
            fields[side] = {name: str(value) for name, value in fields[side].items()}
        program = fields.pop("program")
        return fields if program is None else fields | {"program": program.to_json()}


def statement_from_json(fields: Any) -> Statement:
    """Read a statement.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    names = {field.name for field in dataclasses.fields(Statement)}
    if not isinstance(fields, dict) or set(fields) | {"program"} != names:
        raise ValueError(f"statement: expected the fields {', '.join(sorted(names))}")
    values: dict[str, Any] = dict(fields)
    for name, kind in (("claim", str), ("domain", str), ("identity", bool)):
        if type(values[name]) is not kind:
            raise ValueError(f"{name}: expected {kind.__name__}, got {values[name]!r}")
    if values["dropped"] is not None and not isinstance(values["dropped"], str):
        raise ValueError(f"dropped: expected a name or null, got {values['dropped']!r}")
    for name, known in (("hypotheses", None), ("members", MEMBERS), ("sets", None)):
        if values[name] is not None or name != "sets":
            values[name] = _names(name, values[name], known)
    if values["student"] not in STUDENTS:
        raise ValueError(f"student: expected one of {STUDENTS}, got {values['student']!r}")
    for side in ("lhs", "rhs"):
        if not isinstance(values[side], dict):
            raise ValueError(f"{side}: expected coefficients by quantity")
        values[side] = {name: field(name, number, 0) for name, number in values[side].items()}
    if ("program" in values) != (values["domain"] == PROGRAMS):
        raise ValueError(f"program: expected where the domain is {PROGRAMS!r}, and only there")
    if "program" in values:
        values["program"] = program_from_json(values["program"])
    return Statement(**values)


def _names(field: str, given: Any, known: tuple[str, ...] | None) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError(f"{field}: expected a list of names, got {given!r}")
    if known is not None and not set(given) <= set(known):
        raise ValueError(f"{field}: expected some of {known}, got {given!r}")
    return tuple(given)


def coefficients(*names: str, **numbers: int) -> dict[str, Fraction]:
    """Coefficients: one for names, others as given."""
    return {**{name: Fraction(1) for name in names}, **{k: Fraction(v) for k, v in numbers.items()}}
