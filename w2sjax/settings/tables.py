"""Tables of an instance's page, in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Write a table as lines."""
    every = [titles, ["---"] * len(titles), *rows]
    return [f"| {' | '.join(map(str, row))} |" for row in every]
