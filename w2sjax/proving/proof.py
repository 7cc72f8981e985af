"""Proofs: what is claimed follows, with exact multipliers, from what is assumed; or a counterexample."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from w2sjax.falsification import rendering
from w2sjax.falsification.counterexample import MISSHAPEN, Counterexample, about, confirm
from w2sjax.falsification.deciding import no_exact_side
from w2sjax.falsification.refuting import refute
from w2sjax.falsification.shrinking import SECONDS, shrink
from w2sjax.language.claims import Claim
from w2sjax.language.files import from_json, to_json
from w2sjax.machine.records import Record
from w2sjax.machine.writable import write_whole
from w2sjax.proving.certificate import Certificate, WrongCertificateError, check
from w2sjax.proving.certificate_files import as_certificate, plain
from w2sjax.proving.instances import instance
from w2sjax.proving.models import Models
from w2sjax.proving.multipliers import Search
from w2sjax.proving.reading import read
from w2sjax.proving.statements import Statement
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.setting import setting_named

PROVED, REFUTED, NEITHER = "proved", "refuted", "neither"
FORMAT = "proof 1"
SMALL = 1000  # small exact instances that are looked at where a model is not found


@dataclasses.dataclass(frozen=True)
class Proof(Shown):
    """What is known of a claim.

    Attributes:
        claim: the statement, without a dropped assumption.
        certificates: one for each inequality that it claims, if it is proved.
        counterexample: an exact instance that violates it, if it is refuted.
        note: how far the search went, if it is neither.
    """

    claim: Claim
    certificates: tuple[Certificate, ...] = ()
    counterexample: Counterexample | None = None
    note: str = ""

    @property
    def outcome(self) -> str:
        """ "proved", "refuted" or "neither"."""
        if self.counterexample is not None:
            return REFUTED
        return NEITHER if self.note else PROVED

    @property
    def stem(self) -> str:
        """Name its files."""
        return rendering.stem(self.claim.name, self.claim.twin, self.claim.dropped)

    @property
    def statement(self) -> Statement:
        """The claim as a proof sees it."""
        return read(self.claim)

    def check(self) -> None:
        """Check a proof, in `fractions` alone, from the claim and the multipliers.

        Raises:
            WrongCertificateError: if it proves nothing.
        """
        statement = self.statement
        if self.outcome != PROVED or len(statement.slacks) != len(self.certificates):
            raise WrongCertificateError("there is not one certificate for each inequality")
        for slack, certificate in zip(statement.slacks, self.certificates, strict=True):
            check(statement, slack, certificate)

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        found = self.counterexample
        return {
            "format": FORMAT,
            "claim": to_json(self.claim),
            "outcome": self.outcome,
            "certificates": [plain(one) for one in self.certificates],
            "counterexample": None if found is None else found.to_json(),
            "note": self.note,
        }

    @classmethod
    def from_json(cls, claim: Claim, fields: dict[str, Any]) -> "Proof":
        """Read what `to_json` gives, for the claim that it is about."""
        found = fields["counterexample"]
        return cls(
            claim,
            tuple(map(as_certificate, fields["certificates"])),
            None if found is None else about(claim, found),
            fields["note"],
        )

    def save(self, path: Path) -> None:
        """Write the file."""
        write_whole(path, json.dumps(self.to_json(), indent=1) + "\n")

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.proving.reports import report

        return report(self)


def is_proof(path: str | Path) -> bool:
    """Whether a file says that it is a proof."""
    try:
        fields = json.loads(Path(path).read_text())
    except (ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and fields.get("format") == FORMAT


def from_file(path: str | Path) -> Proof:
    """Read a proof; `Proof.check` checks it.

    Raises:
        ValueError: if it is no such file.
    """
    if not is_proof(path):
        raise ValueError(f"{path}: not a file of format {FORMAT!r}")
    fields = json.loads(Path(path).read_text())
    try:
        claim = from_json(fields["claim"], setting_named(fields["claim"]["setting"]))
        found = tuple(map(as_certificate, fields["certificates"]))
    except (*MISSHAPEN, ValueError) as error:
        raise ValueError(f"{path}: missing or misshapen: {error}") from error
    return Proof(claim, found, note="" if found else "no certificate")


def prove(
    claim: Claim | str,
    *,
    drop: str | None = None,
    twin: bool = False,
    shrink_seconds: float = SECONDS,
    checkpoint: str | Path | None = None,
) -> Proof:
    r"""Prove a statement about projections, or find a counterexample.

    The statement has to be linear in squared distances, inner products, gaps and square roots of products of
    two of these. Multipliers $\lambda$ and squares are sought for which slack = $\sum \lambda_i \cdot$
    (condition i) + squares; they are found numerically, rounded, and checked in rationals. Where there are
    none, the dual gives a Gram matrix that is made an instance, confirmed by both exact engines and shrunk.

    Args:
        claim: by name or as an object.
        drop: an assumption to do without.
        twin: the claim's false twin is meant.
        shrink_seconds: limit of shrinking a counterexample.
        checkpoint: a folder where the proof is recorded, and from where it is taken if it is there.

    Raises:
        NotOfThisKindError: a ValueError, for a statement of another kind, saying which.
        ValueError: for an unknown claim or assumption.
        ImportError: without the extra "prove".
    """
    from w2sjax.language.rewriting import twin_of
    from w2sjax.verification.lookup import claim_named

    found = claim_named(claim).decided().without(drop)
    found = twin_of(found) if twin else found
    statement = read(found)
    work = {"claim": to_json(found), "shrink_seconds": shrink_seconds}
    record = Record(checkpoint, "prove", work)
    fields = record.once("proof", lambda: _proof(found, statement, shrink_seconds).to_json())
    return Proof.from_json(found, fields)


def _proof(claim: Claim, statement: Statement, seconds: float) -> Proof:
    search, certificates = Search(statement), []
    for slack in statement.slacks:
        certificate = search.certificate(slack)
        if certificate is None:
            return _refuted(claim, statement, slack, seconds)
        check(statement, slack, certificate)
        certificates.append(certificate)
    return Proof(claim, tuple(certificates))


def _refuted(claim: Claim, statement: Statement, slack: Any, seconds: float) -> Proof:
    """Find a counterexample, from models first and among small exact instances where none is one."""
    if why := no_exact_side(claim):
        return Proof(claim, note=f"no multipliers, and no exact instances to look for: {why}")
    tried = 0
    for case in _cases(claim, statement, slack):
        tried += 1
        try:
            if confirm(claim, case) is None:
                continue
            small = shrink(claim, case, seconds=seconds)
            return Proof(claim, counterexample=confirm(claim, small, "from a dual solution"))
        except RefusedError:
            continue
    small = refute(claim, SMALL)
    if small is not None:
        case = shrink(claim, small[0], seconds=seconds)
        return Proof(claim, counterexample=confirm(claim, case, "among small exact instances"))
    return Proof(
        claim,
        note=f"no multipliers, and no counterexample among {tried} models and {SMALL} small instances",
    )


def _cases(claim: Claim, statement: Statement, slack: Any) -> Iterator[Any]:
    """List instances of models that break an inequality."""
    if claim.setting.name != "projection":  # models are Gram matrices
        return
    for gram in Models(statement).breaking(slack):
        case = instance(statement, gram)
        if case is not None and case.fault() is None and case.set in (claim.sets or (case.set,)):
            yield case
