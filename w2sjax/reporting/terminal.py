"""Reports in a terminal."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, Group
from rich.table import Table as Grid
from rich.text import Text

from w2sjax.reporting.blocks import (
    BAD,
    DIM,
    FORMULA,
    HEADING,
    ITEM,
    WARNING,
    Block,
    Figure,
    Folded,
    Heading,
    Report,
    Row,
    Table,
    Words,
)

WIDTH = 100  # columns where the output is no terminal
NARROW = 12  # columns of text are broken no narrower
STYLES = {"": "", HEADING: "bold", DIM: "dim", BAD: "red"}
BEFORE = {ITEM: "* ", FORMULA: "  ", WARNING: "Warning: "}


def output() -> Console:
    """Give the console of results, as wide as tables need where it is no terminal."""
    return Console(width=None if Console().is_terminal else WIDTH)


def say(text: str) -> None:
    """Print as it is."""
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


def show(*blocks: Block) -> None:
    """Print blocks."""
    output().print(Group(*laid_out(blocks)))


def rendered(report: Report) -> Group:
    """Lay a report out, without what a page alone has room for."""
    parts: list[Any] = [Text(report.title, style="bold")]
    parts += [Text(report.summary)] if report.summary else []
    parts += laid_out(report.blocks)
    return Group(*parts, *laid_out(Words(one, WARNING) for one in report.warnings))


def laid_out(blocks: Iterable[Block]) -> list[Any]:
    """Lay blocks out; pictures and what is folded are a page's."""
    parts: list[Any] = []
    for block in blocks:
        match block:
            case Words(text=text, kind=kind):
                parts.append(Text(BEFORE.get(kind, "") + text))
            case Heading(text):
                parts += ["", Text(text, style="bold")]
            case Table(columns=()):
                parts += lines(block.rows)
            case Table():
                parts += [""] * bool(block.title and parts)
                parts += [Text(block.title, style="italic")] * bool(block.title)
                parts.append(grid(block))
                parts += [Text(block.caption, style="dim")] * bool(block.caption)
            case Figure() | Folded():
                pass
    return parts


def lines(rows: Sequence[Row]) -> list[Text]:
    """Write rows as lines that are not broken."""
    widths = [max(map(len, column)) for column in zip(*(row.cells for row in rows), strict=True)]
    found = []
    for row in rows:
        first, *rest = row.cells
        padded = [cell.ljust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        found.append(Text("  " + "  ".join([first.rjust(widths[0]), *padded]).rstrip()))
    return found


def grid(table: Table) -> Grid:
    """Lay a table out without lines, as narrow as can be."""
    found = Grid(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for place, name in enumerate(table.columns):
        text, wraps = (
            place in table.left,
            place in (table.left if table.wraps is None else table.wraps),
        )
        longest = max(
            (len(row.cells[place]) for row in table.rows if place < len(row.cells)), default=0
        )
        found.add_column(
            Text(name),
            justify="left" if text else "right",
            no_wrap=not wraps,
            overflow="fold" if wraps else "ellipsis",
            min_width=min(NARROW, longest) if text else None,
        )
    for row in table.rows:
        found.add_row(*map(Text, row.cells), style=STYLES[row.kind])
    return found
