"""A counterexample: confirmed twice in exact arithmetic, written to a file, replayed without JAX."""

import dataclasses
import json
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any

from w2sjax.falsification.decision import Decision
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kind import Instance
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.rationals import parse, text
from w2sjax.falsification.sides import agree
from w2sjax.falsification.statement import Statement, statement_from_json
from w2sjax.falsification.statements import is_of_the_registry
from w2sjax.versions import versions

FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Counterexample:
    """An exact instance that violates a statement.

    Attributes:
        statement: what is violated.
        instance: the numbers.
        students: coefficients and intercept of every projection that takes part, by its label.
        lhs, rhs: both sides as text: rational, or a decimal enclosure.
        hypotheses: how each was checked, by both engines.
        found: how it was found, for people.
        versions: of the software.
    """

    statement: Statement
    instance: Instance
    students: dict[str, tuple[list[Fraction], Fraction]]
    lhs: str
    rhs: str
    hypotheses: dict[str, str]
    found: str
    versions: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        return {
            "format": FORMAT,
            "statement": self.statement.to_json(),
            "instance": self.instance.to_json(),
            "students": {
                name: {"coefficients": text(theta), "intercept": text(constant)}
                for name, (theta, constant) in self.students.items()
            },
            "lhs": self.lhs,
            "rhs": self.rhs,
            "hypotheses": self.hypotheses,
            "found": self.found,
            "versions": self.versions,
        }

    def save(self, path: Path) -> None:
        """Write the file."""
        path.write_text(json.dumps(self.to_json(), indent=1) + "\n")


@dataclasses.dataclass(frozen=True)
class Replay:
    """What the two engines say about a file.

    Attributes:
        counterexample: whether both confirm it.
        lhs, rhs: both sides, computed again.
        notes: how hypotheses and projections were checked.
        reason: why it is none.
        registered: whether the statement is the claim's own, apart from a dropped hypothesis.
        statement, instance: what the file holds.
    """

    counterexample: bool
    lhs: str
    rhs: str
    notes: dict[str, str]
    reason: str
    registered: bool
    statement: Statement
    instance: Instance


def confirm(statement: Statement, instance: Instance, found: str = "") -> Counterexample | None:
    """Make a counterexample if both engines confirm that the instance is one; None if the first does not.

    Raises:
        RefusedError: if the second engine does not confirm what the first finds, with its reason.
    """
    decision = decide(statement, instance)
    if not decision.violated:
        return None
    opinion = KINDS[statement.domain].check(statement, instance, decision.students)
    if not opinion.violated:
        raise RefusedError("it cannot tell the sides apart")
    notes = {**decision.hypotheses, **opinion.notes}
    known = {name: versions()[name] for name in ("python", "w2sjax")}
    known["python-flint"] = metadata.version("python-flint")
    return Counterexample(
        statement, instance, decision.students, decision.lhs, decision.rhs, notes, found, known
    )


def load(path: str | Path) -> tuple[Statement, Instance, dict[str, Any], dict[str, str]]:
    """Read a file: statement, instance, stated students, stated sides.

    Raises:
        ValueError: if it is no counterexample file.
    """
    try:
        fields = json.loads(Path(path).read_text())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not JSON ({error})") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise ValueError(f"{path}: not a counterexample file of format {FORMAT}")
    try:
        statement = statement_from_json(fields["statement"])
        if statement.domain not in KINDS:
            raise ValueError(f"unknown kind of instance {statement.domain!r}")
        instance = KINDS[statement.domain].read(fields["instance"])
        students = {
            name: (parse(stated["coefficients"], 1), parse(stated["intercept"], 0))
            for name, stated in fields["students"].items()
        }
        sides = {side: str(fields[side]) for side in ("lhs", "rhs")}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: missing or misshapen: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return statement, instance, students, sides


def replay(path: str | Path) -> Replay:
    """Decide a file again, by both engines, from its numbers alone.

    Raises:
        ValueError: if it is no counterexample file, or states sides that cannot be those computed.
    """
    statement, instance, students, sides = load(path)
    try:
        decision: Decision = decide(statement, instance)
        reason, notes = _second_opinion(statement, instance, students, sides, decision)
    except KeyError as error:
        raise ValueError(f"{path}: unknown quantity {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return Replay(
        counterexample=not reason,
        lhs=decision.lhs,
        rhs=decision.rhs,
        notes=notes,
        reason=reason,
        registered=is_of_the_registry(statement),
        statement=statement,
        instance=instance,
    )


def _second_opinion(
    statement: Statement, instance: Instance, students: Any, sides: Any, decision: Decision
) -> tuple[str, dict[str, str]]:
    """Say why it is no counterexample ("" if it is one), with the notes of both engines."""
    notes = dict(decision.hypotheses)
    if not decision.violated:
        return decision.constants or decision.outcome, notes
    if not all(agree(sides[side], getattr(decision, side)) for side in ("lhs", "rhs")):
        raise ValueError(
            f"states {sides['lhs']} and {sides['rhs']}, but the sides are "
            f"{decision.lhs} and {decision.rhs}"
        )
    try:
        opinion = KINDS[statement.domain].check(statement, instance, students)
    except RefusedError as error:
        return f"the checker refuses it: {error}", notes
    reason = "" if opinion.violated else "the checker does not confirm it"
    return reason, notes | opinion.notes
