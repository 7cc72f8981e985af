"""The curve of best pairs of constants as a figure; needs matplotlib."""

from pathlib import Path

from w2sjax.language.printing import UNICODE, statement
from w2sjax.machine.figure_style import COLUMN, SVG, drawing, saved
from w2sjax.proving.curves import Curve


def draw(found: Curve, folder: Path) -> list[Path]:
    """Draw a curve as PNG, PDF and SVG."""
    rows = [(at, best) for at, best in found.points if best.interval is not None]
    stem = folder / found.claim.name
    with drawing(stem, COLUMN, 2.4, SVG) as figure:
        axes = figure.subplots()
        middles = [float(sum(best.interval or (0,))) / 2 for _, best in rows]
        axes.plot([float(at) for at, _ in rows], middles, marker="o", markersize=3)
        first, second = found.names
        axes.set_xlabel(f"${first}$")
        axes.set_ylabel(f"{rows[0][1].kind if rows else 'best'} ${second}$")
        axes.set_title(statement(found.claim, UNICODE))
    return saved(stem, SVG)
