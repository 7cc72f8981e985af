"""What is known of a statement without an assumption, in words; on a claim's page and in the indexes."""

import dataclasses

from docs.generate.results import Results, Search
from w2sjax.falsification.rendering import sides
from w2sjax.language.claims import Claim

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
    def text(self) -> str:
        """Say it in a cell of a table."""
        found = self.search.counterexample
        if found is None:
            return self.kind
        compared = sides(found.claim, found.lhs, found.rhs, shortened=True)
        return f"{self.kind}: {compared} with {self.size}"


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
