"""What each assumption buys, as a figure: claims by assumptions, with the size of what was found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from w2sjax.machine.figure_style import COLOURS, COLUMN, SVG, drawing, saved

NOTHING = ""  # no assumption is dropped
FOUND, FLOATING, NONE = "counterexample", "unconfirmed", "none found"
ALONE, FLOATS_ONLY = "one engine", "no exact search"
DOTTED = {"edgecolor": "0.55", "linestyle": (0, (1.2, 1.2))}
CELLS: dict[str, tuple[str, dict[str, Any]]] = {
    FOUND: (
        "needed: points, sources or vectors of the smallest counterexample",
        {"facecolor": COLOURS[0]},
    ),
    FLOATING: ("violated in floating point only", {"hatch": "/////"}),
    ALONE: ("violated by one exact engine alone", {"hatch": "...."}),
    NONE: ("none found", {"edgecolor": "0.55"}),
    FLOATS_ONLY: ("none found in floating point, no exact search", DOTTED),
}
# Names of one assumption in different papers share a column.
SAME = {"i.i.d. sample": "i.i.d.", "i.i.d. points": "i.i.d."}
CELL, ABOVE_AND_BELOW, BESIDE = 0.108, 1.32, 1.4  # inches


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the assumptions in order of appearance, nothing first, those of one claim last."""
    claims: dict[str, set[str]] = {}
    for row in rows:
        claims.setdefault(column(row), set()).add(row["claim"])
    claims.pop(NOTHING, None)
    return [NOTHING, *sorted(claims, key=lambda name: len(claims[name]) == 1)]


def column(row: Mapping[str, Any]) -> str:
    """Name the column of a row."""
    return str(SAME.get(row["dropped"], row["dropped"]))


def draw(rows: Sequence[Mapping[str, Any]], stem: Path) -> Path:
    """Draw rows of `matrix.csv` as `stem`.png, .pdf and .svg; returns the first. Needs matplotlib."""
    titles = columns(rows)
    claims = list(dict.fromkeys(row["claim"] for row in rows))
    width = max(COLUMN, CELL * len(titles) + BESIDE)
    height = CELL * len(claims) + ABOVE_AND_BELOW
    with drawing(stem, width, height, SVG) as figure:
        axes = figure.subplots()
        for y in range(0, len(claims), 2):
            axes.axhspan(y - 0.5, y + 0.5, color="0.96", zorder=0)
        for row in rows:
            _cell(axes, titles.index(column(row)), claims.index(row["claim"]), row)
        names = ["nothing dropped", *titles[1:]]
        axes.set_xticks(range(len(titles)), names, rotation=90, fontsize=6)
        axes.set_yticks(range(len(claims)), claims, fontsize=6)
        axes.tick_params(length=0, pad=1.5)
        axes.xaxis.tick_top()
        axes.set(xlim=(-0.6, len(titles) - 0.4), ylim=(len(claims) - 0.4, -0.6))
        axes.set_aspect("equal")
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        where = "outside lower left"
        figure.legend(handles=_legend(rows), loc=where, handlelength=1.2, fontsize=6.5)
    return saved(stem)[0]


def _cell(axes: Any, x: int, y: int, row: Mapping[str, Any]) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x - 0.44, y - 0.44), 0.88, 0.88, **_style(_kind(row))))
    if row["outcome"] == FOUND:
        size = str(row["points"])
        fitting = min(6, 10 / len(size))  # three digits fit into a cell
        axes.text(x, y, size, ha="center", va="center_baseline", fontsize=fitting, color="white")


def _style(kind: str) -> dict[str, Any]:
    """Fill what was found, hatch what only floating point says, leave the rest open."""
    return {"facecolor": "white", "edgecolor": COLOURS[0], "linewidth": 0.5} | CELLS[kind][1]


def _kind(row: Mapping[str, Any]) -> str:
    searched = row["outcome"] != NONE or row["exact"] == "yes"
    return row["outcome"] if searched else FLOATS_ONLY


def _legend(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Explain the cells that occur."""
    from matplotlib.patches import Patch

    kinds = {_kind(row) for row in rows}
    return [Patch(label=CELLS[kind][0], **_style(kind)) for kind in CELLS if kind in kinds]
