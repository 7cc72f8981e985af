"""What a report is made of, whoever shows it."""

import dataclasses
from collections.abc import Mapping

HEADING, DIM, BAD = "heading", "dim", "bad"  # kinds of rows
FORMULA, ITEM, WARNING = "formula", "item", "warning"  # kinds of words


@dataclasses.dataclass(frozen=True)
class Words:
    """A sentence, or a paragraph.

    Attributes:
        text: as it is read; nothing in it is markup.
        kind: "" for prose, or `FORMULA`, `ITEM`, `WARNING`.
        formulas: whether there are formulas in it, whose indices a page lowers; a name is left as it is.
    """

    text: str
    kind: str = ""
    formulas: bool = False


@dataclasses.dataclass(frozen=True)
class Heading:
    """What the blocks below are about."""

    text: str


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of a table; where there are fewer cells than columns, the last cell has their room."""

    cells: tuple[str, ...]
    kind: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: their names; a line break in one is where a narrow column may break. Without names the
            rows are lines whose cells stand below each other.
        rows: of cells as text.
        title: what it shows.
        caption: which column is what, and what else has to be known to read it.
        left: places of the columns of text; the others hold numbers.
        wraps: places of those that may wrap; the columns of text, unless others are named.
        formulas: places of the columns with formulas in them.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    title: str = ""
    caption: str = ""
    left: tuple[int, ...] = (0,)
    wraps: tuple[int, ...] | None = None
    formulas: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Figure:
    """A picture as SVG, drawn by w2sjax."""

    svg: str
    caption: str = ""


@dataclasses.dataclass(frozen=True)
class Folded:
    """Blocks that a page opens on demand; a terminal leaves them out."""

    title: str
    blocks: tuple["Block", ...]


Block = Words | Heading | Table | Figure | Folded


@dataclasses.dataclass(frozen=True)
class Report:
    """A result for people.

    Attributes:
        title: what was asked.
        summary: what was found, in a sentence or two.
        blocks: the rest, in order.
        warnings: what makes it say less than one may expect, in sentences.
        guaranteed: what is certain, and under what assumption.
        command: what was typed; "" if it was made from Python.
        versions: of the software.
    """

    title: str
    summary: str
    blocks: tuple[Block, ...] = ()
    warnings: tuple[str, ...] = ()
    guaranteed: tuple[str, ...] = ()
    command: str = ""
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
