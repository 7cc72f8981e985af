"""Draw gain against misfit from the data of `experiments/molecules.py`."""

import sys
from pathlib import Path

from figures._curves import columns, groups
from figures._gain_panels import legend, scatter
from w2sjax.machine.figure_style import PAGE, drawing

FAMILIES = {
    "linear": "linear, 1 to 8 descriptors",
    "network": "network, widths 8 to 96",
    "teacher": "teacher in the file",
}


def draw(folder: Path) -> None:
    """Draw `molecules`: a panel a data set, a point a weak model."""
    sets = dict(groups(columns(folder / "summary.csv"), "dataset"))
    with drawing(folder / "molecules", PAGE, 2.7) as figure:
        panels = figure.subplots(1, len(sets), squeeze=False)[0]
        for letter, axes, (name, panel) in zip("def", panels, sets.items(), strict=False):
            scatter(axes, panel, FAMILIES)
            axes.set_title(f"(2{letter}) {name}", loc="left")
            axes.set_xlabel(f"misfit $d(f_{{sw}}, f_w)$\n({panel['unit'][0]})")
        panels[0].set_ylabel("gain $d(f_w, f^*) - d(f_{sw}, f^*)$")
        legend(figure, panels)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
