"""What is known of a statement without an assumption, in words; on a claim's page and in the indexes."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from docs.generate.figures import figures_of
from docs.generate.results import Results, Row, Search
from w2sjax.falsification.rendering import sides
from w2sjax.language.claims import Claim
from w2sjax.language.files import stated
from w2sjax.verification.lookup import NO_SET

NEEDED, NOT_NEEDED, OPEN, FLOATING, UNKNOWN = (
    "needed",
    "not needed: proved without it",
    "no counterexample found",
    "violated in floating point only",
    "not searched yet",
)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What an assumption buys.

    Attributes:
        kind: one of the words above.
        search: what was found.
    """

    kind: str
    search: Search

    @property
    def size(self) -> str:
        """Say how large the counterexample is."""
        found = self.search.counterexample
        return "" if found is None else found.instance.described()

    @property
    def short(self) -> str:
        """Say it in a few words."""
        points = self.size.partition(",")[0]
        return f"{self.kind}, {points}" if points else self.kind

    @property
    def text(self) -> str:
        """Say it in a cell of a table."""
        found = self.search.counterexample
        if found is None:
            return self.kind
        compared = sides(found.claim, found.lhs, found.rhs, shortened=True)
        return f"{self.kind}: {compared} with {self.size}"


def record(claims: Sequence[Claim], results: Results) -> list[Row]:
    """Give what the installed package says of claims that have results, a row each."""
    return [_recorded(claim, results) for claim in claims if results.verified(claim)]


def _recorded(claim: Claim, results: Results) -> Row:
    tested = [row for row in results.verified(claim) if row["tightness"] is not None]
    tightest = max(tested, key=lambda row: row["tightness"], default=None)
    place = "" if tightest is None or tightest["set"] == NO_SET else f", {tightest['set']}"
    outcomes = {name: without(claim, name, results) for name in claim.droppable}
    return {
        "claim": claim.name,
        "statement": stated(claim),
        "kind": "proved" if results.proof(claim) else "tested",
        "tightest": "none" if tightest is None else f"{tightest['tightness']:.3g}{place}",
        "without": {name: one.short for name, one in outcomes.items()},
        "figures": [Path(figure.file).stem for figure in figures_of(claim)],
    }


def without(claim: Claim, drop: str, results: Results) -> Outcome:
    """Say what an assumption of a claim buys."""
    search = results.search(claim, drop=drop)
    if search.counterexample is not None:
        return Outcome(NEEDED, search)
    if search.proof is not None:
        return Outcome(NOT_NEEDED, search)
    if search.row is None:
        return Outcome(UNKNOWN, search)
    return Outcome(FLOATING if search.row["unconfirmed"] else OPEN, search)
