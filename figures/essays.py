"""Draw gain against misfit from the data of `experiments/essays.py`."""

import sys
from pathlib import Path

from figures._curves import columns, groups
from figures._gain_panels import legend, scatter
from w2sjax.machine.figure_style import PAGE, drawing

FAMILIES = {
    "surface": "linear, surface statistics",
    "words": "linear, hashed words",
    "network": "network on hashed words",
}


def draw(folder: Path) -> None:
    """Draw `essays`: a panel a rubric, a point a weak model."""
    with drawing(folder / "essays", PAGE, 4.6) as figure:
        panels = figure.subplots(2, 3).ravel()
        rubrics = groups(columns(folder / "summary.csv"), "dataset")
        for axes, (rubric, panel) in zip(panels, rubrics, strict=True):
            scatter(axes, panel, FAMILIES)
            axes.set_title(rubric, loc="left")
        for axes in panels[3:]:
            axes.set_xlabel("misfit $d(f_{sw}, f_w)$")
        for axes in panels[::3]:
            axes.set_ylabel("gain $d(f_w, f^*) - d(f_{sw}, f^*)$")
        legend(figure, panels)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
