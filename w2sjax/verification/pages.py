"""Verifications as a report, and as the files of `w2sjax verify --out`."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from w2sjax.language.claims import Claim
from w2sjax.language.printing import UNICODE, abbreviations, statement
from w2sjax.machine.writable import write_whole
from w2sjax.reporting.blocks import Folded, Report, Row, Table, Words
from w2sjax.reporting.pages import write
from w2sjax.verification.report import verification_json
from w2sjax.verification.tables import by_claim, by_set, chances, not_fine, title
from w2sjax.verification.tally import Verification

GUARANTEED = (
    "Each verdict is proved for its instance: both sides are computed in double precision, and a bound "
    "on their rounding and on the inexactness of the projections is proved with them. An instance holds, "
    "or is violated, only beyond that bound; within it, it is equal, or undecided where the bound is "
    "larger than 1e-9 of the terms.",
    "A claim that holds on every instance is not proved by that; one violated instance refutes it, "
    "unless it is a claim with probability: then the exact binomial interval of its failures has to lie "
    "above what is allowed.",
)


def report(
    results: Sequence[Verification],
    claims: Sequence[Claim] = (),
    settled: Sequence[str] = (),
    command: str = "",
) -> Report:
    """Give verifications as a report.

    Args:
        results: claim by claim.
        claims: whose statements it shows, if they were checked.
        settled: what was decided exactly, in sentences.
        command: what was typed.
    """
    if not results:
        return Report("Verification", "Nothing was checked.")
    refuted = list(dict.fromkeys(one.claim for one in results if one.refuted))
    checked = {one.claim for one in results}
    claims = [claim for claim in claims if claim.name in checked]
    found = f"Refuted: {', '.join(refuted)}." if refuted else "No claim is refuted."
    stated = [_statements(claims)] if claims else []
    first = results[0]
    how = "" if first.seed is None else f"Seed {first.seed}. "
    how += f"Double precision on {first.device}."
    return Report(
        title=f"Verification of {first.claim if len(checked) == 1 else f'{len(checked)} claims'}",
        summary=f"{title(results)}. {found}",
        blocks=(
            dataclasses.replace(by_claim(results), title=""),
            *map(Words, [*chances(results), *settled]),
            *stated,
            Folded("Every set", (by_set(results),)),
            Words(how),
        ),
        warnings=tuple(not_fine(results)),
        guaranteed=GUARANTEED,
        command=command,
        versions=first.versions,
    )


def _statements(claims: Sequence[Claim]) -> Table:
    rows = []
    for claim in claims:
        meanings = abbreviations(claim, UNICODE)
        where = f", where {', '.join(meanings)}" if meanings else ""
        assumed = ", ".join(claim.droppable) or "nothing"
        rows.append((claim.name, statement(claim, UNICODE) + where, assumed, claim.source))
    columns = ("claim", "statement", "assumes", "source")
    return Table(
        columns, tuple(map(Row, rows)), "What was checked", left=(0, 1, 2, 3), formulas=(1,)
    )


def write_files(
    results: Sequence[Verification],
    claims: Sequence[Claim],
    settled: Sequence[str],
    folder: Path,
    command: str,
) -> list[Path]:
    """Write `verify.json` and `verify.html`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "verify.json"
    write_whole(data, json.dumps(verification_json(results), indent=1) + "\n")
    return [data, write(report(results, claims, settled, command), folder / "verify.html")]
