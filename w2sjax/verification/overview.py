"""All claims on one page: what each says and assumes, and what is known of it.

What took minutes to find out is in `record.json`, which `python -m docs --refresh` writes. A row belongs to
a statement, by its checksum: of a claim that has changed since, or is new, nothing is known.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from w2sjax.claims import REGISTRY
from w2sjax.language.claims import Claim
from w2sjax.language.files import stated
from w2sjax.language.printing import UNICODE, abbreviations, statement
from w2sjax.verification.report import claims_text, sets_table

RECORD = Path(__file__).with_name("record.json")
UNKNOWN = "?"


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of a claim.

    Attributes:
        claim: the claim.
        kind: "proved", "tested", or a question mark.
        tightest: how near to equality the tightest tested instance comes, and its set.
        without: for each assumption, what became of the claim without it.
        figures: in which it is seen.
    """

    claim: Claim
    kind: str = UNKNOWN
    tightest: str = UNKNOWN
    without: Mapping[str, str] = dataclasses.field(default_factory=dict)
    figures: tuple[str, ...] = ()


def overview() -> list[Known]:
    """Give all claims, with what the record knows of them."""
    rows = {row["statement"]: row for row in json.loads(RECORD.read_text())}
    return [_known(claim, rows.get(stated(claim))) for claim in REGISTRY]


def _known(claim: Claim, row: Mapping[str, Any] | None) -> Known:
    unsearched = dict.fromkeys(claim.droppable, UNKNOWN)
    if row is None:
        return Known(claim, without=unsearched)
    without = unsearched | row["without"]
    return Known(claim, row["kind"], row["tightest"], without, tuple(row["figures"]))


def overview_table() -> Table:
    """Lay the overview out for a terminal of a hundred columns."""
    table = Table(box=box.SIMPLE_HEAD, show_lines=True, padding=(0, 1))
    for title, width in (("claim", None), ("without the assumption", 29), ("known", 21)):
        table.add_column(title, width=width)
    for known in overview():
        claim = known.claim
        meanings = [f"where {meaning}" for meaning in abbreviations(claim, UNICODE)]
        said = [escape(line) for line in (statement(claim, UNICODE), *meanings)]
        said = [f"[bold]{claim.name}[/bold]", *said, f"[dim]{escape(claim.source)}[/dim]"]
        bought = [f"{name}: {outcome}" for name, outcome in known.without.items()]
        seen = [known.kind, f"tightest {known.tightest}", *known.figures]
        table.add_row("\n".join(said), escape("\n".join(bought)), escape("\n".join(seen)))
    return table


def listing(table: bool) -> Sequence[str | Table]:
    """Give what `w2sjax list` prints, and prints with `--table`."""
    return (overview_table(),) if table else (claims_text(), sets_table())
