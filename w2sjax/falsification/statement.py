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
from w2sjax.falsification.rationals import parse

Terms = Mapping[str, Fraction]


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
    if "program" in values:
        values["program"] = program_from_json(values["program"])
    for side in ("lhs", "rhs"):
        if not isinstance(values[side], dict):
            raise ValueError(f"{side}: expected coefficients by quantity")
        values[side] = {name: parse(number) for name, number in values[side].items()}
    for name in ("hypotheses", "members"):
        values[name] = tuple(values[name])
    values["sets"] = None if values["sets"] is None else tuple(values["sets"])
    return Statement(**values)


def coefficients(*names: str, **numbers: int) -> dict[str, Fraction]:
    """Coefficients: one for names, others as given."""
    return {**{name: Fraction(1) for name in names}, **{k: Fraction(v) for k, v in numbers.items()}}
