"""How figures look: fonts, a palette for the colour-blind, sizes of a journal's column."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from w2sjax.machine.writable import write_whole

# Okabe and Ito's palette, which the colour-blind can tell apart, without its yellow and black.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")
COLUMN, PAGE = 3.35, 6.9  # widths in inches
STYLE: Any = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.0,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,
    "svg.hashsalt": "w2sjax",  # the same figure is the same file
    "savefig.dpi": 300,
}


SVG = ".svg"  # what pages take in
# Without a date the same figure is the same file; pages have no use for the rest.
_METADATA: dict[str, Any] = {
    ".pdf": {"CreationDate": None},
    SVG: dict.fromkeys(("Date", "Creator", "Format", "Type")),
}


@contextmanager
def drawing(stem: Path, width: float, height: float, *more: str) -> Iterator[Any]:
    """Give a figure to draw on, and save it as `stem`.png, `stem`.pdf and `more` in the end.

    Raises `ImportError` where matplotlib is not installed.
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure
        for path in saved(stem, *more):
            how = {"format": path.suffix[1:], "metadata": _METADATA.get(path.suffix)}
            write_whole(path, functools.partial(figure.savefig, **how))


def saved(stem: Path, *more: str) -> list[Path]:
    """The files that `drawing` writes."""
    return [stem.with_name(stem.name + suffix) for suffix in (".png", ".pdf", *more)]
