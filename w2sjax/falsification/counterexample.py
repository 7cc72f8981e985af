"""A counterexample: confirmed twice in exact arithmetic, written to a file, replayed without JAX."""

import dataclasses
import json
from importlib import metadata
from pathlib import Path
from typing import Any

from w2sjax.claims import REGISTRY
from w2sjax.falsification.agreement import agree
from w2sjax.falsification.checking import check
from w2sjax.falsification.deciding import Decision, decide
from w2sjax.language.claims import Claim
from w2sjax.language.files import from_json, to_json
from w2sjax.language.rewriting import twin_of
from w2sjax.machine.versions import versions
from w2sjax.machine.writable import write_whole
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.setting import setting_named

FORMAT = 2
MISSHAPEN = (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


@dataclasses.dataclass(frozen=True)
class Counterexample(Shown):
    """An exact instance that violates a claim.

    Attributes:
        claim: what is violated.
        instance: the numbers.
        evidence: plain objects that show the second engine what it does not compute.
        lhs, rhs: the lower and the upper side as text: rational, or a decimal enclosure.
        checks: how each assumption and projection was checked, by both engines.
        found: how it was found, for people.
        versions: of the software.
    """

    claim: Claim
    instance: Any
    evidence: dict[str, Any]
    lhs: str
    rhs: str
    checks: dict[str, str]
    found: str
    versions: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        parts = {"claim": to_json(self.claim), "instance": self.instance.to_json()}
        return {"format": FORMAT, **vars(self), **parts}

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.falsification.pages import report_of

        return report_of(self)

    def save(self, path: Path) -> None:
        """Write the file."""
        write_whole(path, json.dumps(self.to_json(), indent=1) + "\n")


def confirm(claim: Claim, instance: Any, found: str = "") -> Counterexample | None:
    """Make a counterexample if both engines confirm that the instance is one; None if the first does not.

    Raises:
        RefusedError: if the second engine does not confirm what the first finds, with its reason.
    """
    decision = decide(claim, instance)
    if not decision.violated:
        return None
    opinion = check(claim, instance, decision.evidence)
    if not opinion.violated:
        raise RefusedError("it cannot tell the sides apart")
    known = {name: versions()[name] for name in ("python", "w2sjax")}
    known["python-flint"] = metadata.version("python-flint")
    stated = decision.evidence, decision.lhs, decision.rhs
    return Counterexample(claim, instance, *stated, decision.checks | opinion.notes, found, known)


def known_as(claim: Claim) -> Claim | None:
    """Find the claim of the registry that has its name."""
    return next((one for one in REGISTRY if one.name == claim.name), None)


def is_registered(claim: Claim) -> bool:
    """Whether it is a claim of the registry or its false twin, perhaps without an assumption."""
    known = known_as(claim)
    if known is None or claim.dropped not in (None, *known.droppable):
        return False
    known = known.without(claim.dropped)
    return to_json(twin_of(known) if claim.twin else known) == to_json(claim)


@dataclasses.dataclass(frozen=True)
class Replay:
    """What the two engines say about a file.

    Attributes:
        counterexample: whether both confirm it.
        lhs, rhs: the lower and the upper side, computed again.
        notes: how assumptions and projections were checked.
        reason: why it is none.
        registered: whether the claim is one of the registry, apart from a dropped assumption.
        claim, instance: what the file holds.
    """

    counterexample: bool
    lhs: str
    rhs: str
    notes: dict[str, str]
    reason: str
    registered: bool
    claim: Claim
    instance: Any


def about(claim: Claim, fields: dict[str, Any]) -> Counterexample:
    """Read what `Counterexample.to_json` gives, for the claim that is violated.

    Raises:
        ValueError, TypeError, LookupError: for what is none.
    """
    instance = claim.setting.part("instance").Instance.from_json(fields["instance"])
    evidence, checks, software = (dict(fields[n]) for n in ("evidence", "checks", "versions"))
    lhs, rhs, found = (str(fields[n]) for n in ("lhs", "rhs", "found"))
    return Counterexample(claim, instance, evidence, lhs, rhs, checks, found, software)


def load(path: str | Path) -> Counterexample:
    """Read what a file states.

    Raises:
        ValueError: if it is no counterexample file.
    """
    try:
        fields = json.loads(Path(path).read_text())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not JSON ({error})") from error
    if isinstance(fields, dict) and fields.get("format") == 1:
        raise ValueError(
            f"{path}: written by an older version of w2sjax (format 1); search again for a new one: "
            "w2sjax falsify CLAIM [--drop ASSUMPTION] --out FOLDER"
        )
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise ValueError(f"{path}: not a counterexample file of format {FORMAT}")
    try:
        claim = from_json(fields["claim"], setting_named(fields["claim"]["setting"]))
        return about(claim, fields)
    except MISSHAPEN as error:
        raise ValueError(f"{path}: missing or misshapen: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def replay(path: str | Path) -> Replay:
    """Decide a file again, by both engines, from its numbers alone.

    Raises:
        ValueError: if it is no counterexample file, or states sides that cannot be those computed.
    """
    stated = load(path)
    claim = stated.claim
    try:
        decision = decide(claim, stated.instance)
        reason, notes = _second_opinion(stated, decision)
    except MISSHAPEN as error:
        raise ValueError(f"{path}: cannot be decided: {error!r}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    said = decision.lhs, decision.rhs, notes, reason
    registered = not claim.twin and is_registered(claim)
    return Replay(not reason, *said, registered, claim, stated.instance)


def _second_opinion(stated: Counterexample, decision: Decision) -> tuple[str, dict[str, str]]:
    """Say why it is no counterexample ("" if it is one), with the notes of both engines."""
    if not decision.violated:
        return decision.constants or decision.outcome, decision.checks
    lhs, rhs = decision.lhs, decision.rhs
    if not (agree(stated.lhs, lhs) and agree(stated.rhs, rhs)):
        raise ValueError(f"states {stated.lhs} and {stated.rhs}, but the sides are {lhs} and {rhs}")
    try:
        opinion = check(stated.claim, stated.instance, stated.evidence)
    except RefusedError as error:
        return f"the checker refuses it: {error}", decision.checks
    reason = "" if opinion.violated else "the checker does not confirm it"
    return reason, decision.checks | opinion.notes
