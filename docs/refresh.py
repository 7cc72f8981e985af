"""Compute again what the theorems' pages show: verifications, searches, proofs, what Coq says of them.

What is finished is recorded: an interrupted run goes on from there.
"""

import dataclasses
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import jax

from docs.generate.outcomes import record
from docs.generate.results import (
    ATTEMPTS,
    COUNTEREXAMPLES,
    PROOFS,
    SEARCHES,
    VERIFICATION,
    Results,
    Row,
    checksum,
    replaced,
    rows_of,
    stated,
    stem,
    write_rows,
)
from docs.places import PROGRESS
from w2sjax.claims import REGISTRY
from w2sjax.falsification.all_claims import falsify_all
from w2sjax.falsification.budget import Budget, Falsification
from w2sjax.falsification.search import falsify
from w2sjax.language.claims import Claim
from w2sjax.language.rewriting import twin_of
from w2sjax.machine.processes import at_a_time
from w2sjax.proving.coq import files
from w2sjax.proving.expressions import NotOfThisKindError
from w2sjax.proving.proof import PROVED, Proof, prove
from w2sjax.proving.reading import KINDS
from w2sjax.verification.overview import RECORD
from w2sjax.verification.report import progress_bar, verification_json
from w2sjax.verification.verifying import verify

SEED = 0
SHOWN = ("set", "instances", "holds", "equal", "undecided", "invalid", "violated", "least_slack",
         "tightness", "failure_interval", "seed")  # fmt: skip
VERSION = metadata.version("w2sjax")
Tell = Callable[[str, int, int], None]


@dataclasses.dataclass(frozen=True)
class Refresh:
    """A computation of results.

    Attributes:
        folder: where they are kept.
        claims: whose.
        instances: of a verification, for each set.
        budget: of a search.
        shrink_seconds: limit of shrinking a counterexample.
    """

    folder: Path
    claims: Sequence[Claim]
    instances: int
    budget: Budget
    shrink_seconds: float

    def run(self, parts: Sequence[str]) -> None:
        """Compute some of verify, search, prove and record, with a bar on a terminal."""
        jax.config.update("jax_enable_x64", True)
        with progress_bar() as tell:
            for part in parts:
                print(f"{part}: {len(self.claims)} claims, what is finished is kept in {PROGRESS}")
                getattr(self, part)(tell)

    def verify(self, tell: Tell) -> None:
        """Count verdicts."""
        found = verify(
            list(self.claims),
            SEED,
            instances=self.instances,
            checkpoint=PROGRESS,
            progress=tell,
        )
        known = {claim.name: stated(claim) for claim in self.claims}
        rows = [
            {"claim": row["claim"], "statement": known[row["claim"]]}
            | {name: row[name] for name in SHOWN}
            | {"version": VERSION, "jax": row["versions"]["jax"]}
            for row in verification_json(found)
        ]
        self._keep(VERIFICATION, rows)

    def search(self, tell: Tell) -> None:
        """Search for counterexamples, and keep their files."""
        common: Any = {"budget": self.budget, "checkpoint": PROGRESS, "progress": tell}
        common["shrink_seconds"] = self.shrink_seconds
        found = falsify_all(self.claims, SEED, processes=at_a_time(), **common)
        for claim in self.claims:
            try:
                found.append(falsify(claim, SEED, twin=True, **common))
            except ValueError:  # it has no false twin
                continue
        by_name = {claim.name: claim for claim in self.claims}
        rows = []
        for one in found:
            asked = by_name[one.claim].without(one.drop)
            asked = twin_of(asked) if one.twin else asked
            rows.append(_row(asked, one, self.budget))
            if one.counterexample is not None:
                path = self.folder / COUNTEREXAMPLES / f"{stem(asked)}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                one.counterexample.save(path)
        self._keep(SEARCHES, rows)

    def prove(self, tell: Tell) -> None:
        """Prove claims, with and without each assumption, and have Coq check the theorems."""
        asked = [c.without(drop) for c in self.claims for drop in (None, *c.droppable)]
        asked = [claim for claim in asked if claim.setting.name in KINDS]
        rows: list[Row] = []
        for place, claim in enumerate(asked):
            tell("prove", place, len(asked))
            try:
                proof = prove(claim, shrink_seconds=1, checkpoint=PROGRESS)
            except NotOfThisKindError:
                continue
            row = {"claim": claim.name, "file": stem(claim), "statement": stated(claim)}
            row |= {"outcome": proof.outcome, "note": proof.note, "coq": "", "script": ""}
            if proof.outcome == PROVED:
                path = self.folder / PROOFS / f"{stem(claim)}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                proof.save(path)
                row |= _checked(proof) if files.writable(claim) else {}
            rows.append(row)
        tell("prove", len(asked), len(asked))
        self._keep(ATTEMPTS, rows)

    def record(self, tell: Tell) -> None:
        """Write down for the installed package what the results say of each claim."""
        write_rows(RECORD, record(REGISTRY, Results(self.folder)))
        tell("record", len(self.claims), len(self.claims))

    def _keep(self, name: str, rows: Sequence[Row]) -> None:
        path = self.folder / name
        write_rows(path, replaced(rows_of(path), rows, [claim.name for claim in REGISTRY]))


def _checked(proof: Proof) -> Row:
    """Have Coq check a proof; nothing is recorded unless it accepts."""
    path = files.write(proof, PROGRESS / "coq")
    answer = files.run(path)
    said = answer.message.partition("\n")[0]
    print(f"{path.name}: {said}")
    if not answer.accepted:
        return {}
    return {"coq": said.split()[-1], "script": checksum(files.text(proof))}


def _row(asked: Claim, found: Falsification, budget: Budget) -> Row:
    spent = dataclasses.asdict(budget)
    return {
        "claim": found.claim,
        "file": stem(asked),
        "statement": stated(asked),
        "counts": found.instances,
        "unconfirmed": found.unconfirmed,
        "note": found.note,
        "complete": found.complete,
        "budget": {name: spent[name] for name in ("instances", "small", "restarts", "seconds")},
        "seed": SEED,
        "version": VERSION,
    }
