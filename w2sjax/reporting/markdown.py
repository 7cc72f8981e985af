"""Our own lines of Markdown as blocks: headings, tables, items, indented formulas, prose."""

import re
from collections.abc import Sequence

from w2sjax.reporting.blocks import FORMULA, ITEM, Block, Heading, Row, Table, Words

_RULE = re.compile(r"\|( *-+ *\|)+")
_PICTURE = re.compile(r"!\[[^]]*\]\([^)]*\)")  # a page has its own


def blocks(lines: Sequence[str]) -> tuple[Block, ...]:
    """Read lines as a setting's page and a counterexample's have them; emphasis is left out."""
    found: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            if not _RULE.fullmatch(line):
                rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            continue
        if rows:
            found.append(_table(rows))
            rows = []
        if line.strip() and not _PICTURE.fullmatch(line):
            found.append(_words(line.replace("**", "")))
    return tuple(found)


def _table(rows: Sequence[tuple[str, ...]]) -> Table:
    columns, *rest = rows
    left = tuple(
        place for place in range(len(columns))
        if any(" " in row[place] for row in rest if place < len(row)) or not columns[place]
    )  # fmt: skip
    return Table(columns, tuple(map(Row, rest)), left=left, formulas=tuple(range(len(columns))))


def _words(line: str) -> Block:
    if line.startswith("#"):
        return Heading(line.lstrip("# "))
    text = line.strip()
    if text.startswith("* "):
        return Words(text[2:], ITEM, formulas=True)
    return Words(text, FORMULA if line.startswith("  ") else "", formulas=True)
