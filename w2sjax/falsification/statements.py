r"""The claims as data: sums of named quantities, compared; what a counterexample file states.

A statement is $\sum_i a_i Q_i \le \sum_j b_j Q_j$ (or $=$) with rational coefficients; false variants
have other coefficients. The quantities are those of `exact` and, computed on another way, of `checker`.
Needs no JAX.
"""

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from w2sjax.falsification.rationals import parse

Terms = Mapping[str, Fraction]


@dataclasses.dataclass(frozen=True)
class Statement:
    """What is claimed of an exact instance.

    Attributes:
        claim: its name.
        domain: the folder of the claim: "projection" or "expansion".
        lhs, rhs: coefficients by quantity.
        identity: whether equality is claimed.
        hypotheses: names, without the dropped one.
        dropped: a hypothesis done without.
        student: who the student is: the "projection", any "member", or the "nearer" of two members.
        members: names of coefficients that must lie in the set.
        sets: kinds of sets it is stated for; None for all.
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
        fields = dataclasses.asdict(self)
        for side in ("lhs", "rhs"):
            fields[side] = {name: str(value) for name, value in fields[side].items()}
        return fields


def statement_from_json(fields: Any) -> Statement:
    """Read a statement.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    names = {field.name for field in dataclasses.fields(Statement)}
    if not isinstance(fields, dict) or set(fields) != names:
        raise ValueError(f"statement: expected the fields {', '.join(sorted(names))}")
    values = dict(fields)
    for side in ("lhs", "rhs"):
        if not isinstance(values[side], dict):
            raise ValueError(f"{side}: expected coefficients by quantity")
        values[side] = {name: parse(number) for name, number in values[side].items()}
    for name in ("hypotheses", "members"):
        values[name] = tuple(values[name])
    values["sets"] = None if values["sets"] is None else tuple(values["sets"])
    return Statement(**values)


def is_of_the_registry(statement: Statement) -> bool:
    """Whether it is the claim's own statement, not a variant (a hypothesis may be dropped)."""
    known = STATEMENTS.get(statement.claim)
    if known is None:
        return False
    return statement == (known.without(statement.dropped) if statement.dropped else known)


def _of(*names: str, **numbers: int) -> dict[str, Fraction]:
    """Coefficients: one for names, others as given."""
    return {**{name: Fraction(1) for name in names}, **{k: Fraction(v) for k, v in numbers.items()}}


def _projection(claim: str, lhs: Terms, rhs: Terms, **options: Any) -> Statement:
    return Statement(claim, "projection", lhs, rhs, **options)


def _expansion(claim: str, lhs: str, rhs: Terms, *, agreement: bool = False) -> Statement:
    names = ("expansion", "membership", "one label", "symmetry", "direction")
    hypotheses = (*names, "agreement") if agreement else names
    return Statement(claim, "expansion", _of(lhs), rhs, hypotheses=hypotheses, sets=())


_ALL = (
    _projection(
        "convex_values",
        _of("apart", "outside"),
        _of("apart"),
        hypotheses=("convexity",),
        members=("truth", "other"),
    ),
    _projection(
        "misfit_gain",
        _of("student_error"),
        _of("weak_error", misfit=-1),
        hypotheses=("convexity", "realizability", "exactness"),
        members=("truth",),
    ),
    _projection(
        "gain_identity",
        _of("weak_error", student_error=-1),
        _of("misfit", product=2),
        identity=True,
        student="member",
    ),
    _projection(
        "pythagorean_identity",
        _of("weak_error"),
        _of("misfit", "student_error"),
        identity=True,
        hypotheses=("realizability", "exactness"),
        members=("truth",),
        sets=("subspace", "affine"),
    ),
    _projection(
        "gain_ceiling",
        _of("weak_error"),
        _of("misfit", "student_error", root_misfit_error=2),
        student="member",
    ),
    _projection(
        "inexact_gain",
        _of("student_error"),
        _of("weak_error", misfit=-1, gap=2),
        hypotheses=("realizability", "any student"),
        student="member",
        members=("truth", "student"),
    ),
    _projection(
        "nonrealizable_gain",
        _of("student_error"),
        _of("weak_error", "excess", "epsilon", "roots_squared", misfit=-1, root_epsilon_weak=2,
            weak_roots=2),
        student="member",
        members=("student",),
    ),
    _projection(
        "sharpened_gain",
        _of("student_error"),
        _of("weak_error", misfit=-1, gap=2, root_epsilon_misfit=2),
        student="member",
        members=("student",),
    ),
    _projection(
        "root_distance_metric", _of("root_weak_target"), _of("root_weak_between", "root_between_target")
    ),
    _expansion("expansion_core", "hard_error", _of("core_spread", "hard_fragile")),
    _expansion("hard_error", "hard_error", _of("good_spread", "hard_fragile")),
    _expansion(
        "hard_error_payback",
        "hard_error",
        _of("hard_disagreement", "teacher_error", paid=-2),
        agreement=True,
    ),
    _expansion("coverage_good_side", "hard_error", _of("good_spread", "hard_fragile")),
    _expansion(
        "pseudolabel_correction_tight", "overlap_error", _of("corrected_base", corrected_paid=-2)
    ),
)  # fmt: skip
STATEMENTS: dict[str, Statement] = {statement.claim: statement for statement in _ALL}

TWINS: dict[str, Statement] = {
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
        lhs=_of("weak_error"),
        rhs=_of("weak_between", "between_target"),
    ),
    "expansion_core": STATEMENTS["expansion_core"].changed(rhs={"hard_fragile": 0}),
    "hard_error": STATEMENTS["hard_error"].changed(
        rhs={"good_spread": 0, "unconditioned_spread": 1}
    ),
    "hard_error_payback": STATEMENTS["hard_error_payback"].changed(rhs={"paid": -3}),
    "coverage_good_side": STATEMENTS["coverage_good_side"].changed(
        rhs={"good_spread": 0, "unconditioned_spread": 1}
    ),
    "pseudolabel_correction_tight": STATEMENTS["pseudolabel_correction_tight"].changed(
        rhs={"corrected_paid": -3}
    ),
}
"""The claims' false twins."""
