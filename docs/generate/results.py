"""What took minutes to compute and is kept in files: verifications, searches, counterexamples, proofs.

A result belongs to a statement, by a checksum of its formula and assumptions: where a claim has changed
since, or is new, there is none, and its page says so.
"""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from w2sjax.falsification.counterexample import Counterexample, load
from w2sjax.language.claims import Claim
from w2sjax.language.files import checksum, stated
from w2sjax.language.rewriting import twin_of
from w2sjax.proving.proof import Proof, from_file

VERIFICATION, SEARCHES, ATTEMPTS = "verification.json", "searches.json", "attempts.json"
COUNTEREXAMPLES, PROOFS = "counterexamples", "proofs"
Row = dict[str, Any]


def stem(claim: Claim) -> str:
    """Name the files about a statement, as `w2sjax falsify --out` and `prove --out` do."""
    return Proof(claim).stem


@dataclasses.dataclass(frozen=True)
class Search:
    """What is known of a statement that a search was asked to break.

    Attributes:
        claim: the statement, without the dropped assumption, or the false twin.
        row: what the search counted, and its budget; None where there was none.
        counterexample: what it found.
        proof: a proof of the statement, which ends the search.
    """

    claim: Claim
    row: Row | None
    counterexample: Counterexample | None
    proof: Proof | None


@dataclasses.dataclass(frozen=True)
class Results:
    """The files of a folder.

    Attributes:
        folder: where they are.
    """

    folder: Path

    @cached_property
    def _verification(self) -> list[Row]:
        return rows_of(self.folder / VERIFICATION)

    @cached_property
    def _searches(self) -> dict[str, Row]:
        return {row["file"]: row for row in rows_of(self.folder / SEARCHES)}

    @cached_property
    def _attempts(self) -> dict[str, Row]:
        return {row["file"]: row for row in rows_of(self.folder / ATTEMPTS)}

    def verified(self, claim: Claim) -> list[Row]:
        """Give the counts of a claim, one row a set."""
        known = claim.name, stated(claim)
        return [row for row in self._verification if (row["claim"], row["statement"]) == known]

    def search(self, claim: Claim, *, drop: str | None = None, twin: bool = False) -> Search:
        """Give what is known of a claim without an assumption, or of its false twin."""
        asked = claim.without(drop)
        asked = twin_of(asked) if twin else asked
        row = self._searches.get(stem(asked))
        row = row if row is not None and row["statement"] == stated(asked) else None
        return Search(asked, row, self._counterexample(asked), self.proof(asked))

    def counterexample_file(self, claim: Claim) -> Path:
        """Name the file of a counterexample."""
        return self.folder / COUNTEREXAMPLES / f"{stem(claim)}.json"

    def _counterexample(self, claim: Claim) -> Counterexample | None:
        path = self.counterexample_file(claim)
        found = load(path) if path.exists() else None
        if found is None or stated(found.claim) != stated(claim):
            return None
        return dataclasses.replace(found, claim=claim)  # with words for people

    def proof(self, claim: Claim) -> Proof | None:
        """Give the proof of a statement, checked again."""
        path = self.folder / PROOFS / f"{stem(claim)}.json"
        found = from_file(path) if path.exists() else None
        if found is None or stated(found.claim) != stated(claim):
            return None
        proof = dataclasses.replace(found, claim=claim)
        proof.check()
        return proof

    def attempt(self, claim: Claim) -> Row | None:
        """Give what came of the attempt to prove a statement; None where there was none."""
        row = self._attempts.get(stem(claim))
        return row if row is not None and row["statement"] == stated(claim) else None

    def accepted_by_coq(self, claim: Claim, script: str) -> str:
        """Name the version of Coq that accepted this very script; "" where no run is recorded."""
        row = self.attempt(claim)
        return row["coq"] if row is not None and row["script"] == checksum(script) else ""


def rows_of(path: Path) -> list[Row]:
    """Read a file of rows; none if it is not there."""
    return json.loads(path.read_text()) if path.exists() else []


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows, each on a line, so that a change is a line in a comparison of versions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n")


def replaced(old: Sequence[Row], new: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Put new rows for the rows of some claims, all in the order of `names`; others are dropped."""
    fresh = {row["claim"] for row in new}
    rows = [*(row for row in old if row["claim"] not in fresh), *new]
    return [row for name in names for row in rows if row["claim"] == name]
