"""Draw gain against misfit from the data of `experiments/molecules.py`."""

import sys
from pathlib import Path

from figures._curves import columns, curve, groups, rows
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
            _scatter(axes, panel)
            axes.set_title(f"(2{letter}) {name}", loc="left")
            axes.set_xlabel(f"misfit $d(f_{{sw}}, f_w)$\n({panel['unit'][0]})")
        panels[0].set_ylabel("gain $d(f_w, f^*) - d(f_{sw}, f^*)$")
        handles = {
            label: handle
            for axes in panels
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            handles.values(),
            handles,
            loc="outside upper center",
            ncols=len(handles),
            columnspacing=1.2,
            handletextpad=0.4,
        )


def _scatter(axes, panel) -> None:
    axes.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0, label="gain = misfit")
    axes.axhline(0, color="0.85", linewidth=0.6, zorder=0)
    for place, (family, label) in enumerate(FAMILIES.items()):
        some = rows(panel, family=family)
        if some["misfit"].size:
            curve(
                axes,
                some,
                "misfit",
                "gain",
                place,
                xerr=some["misfit_stderr"],
                linestyle="none",
                markersize=3.5,
                markeredgecolor="white",
                markeredgewidth=0.3,
                elinewidth=0.6,
                label=label,
            )
    picked = rows(panel, picked=1)
    axes.errorbar(
        picked["misfit"],
        picked["gain"],
        fmt="o",
        markersize=8,
        markerfacecolor="none",
        markeredgecolor="black",
        markeredgewidth=0.8,
        label="the heuristic's pick",
    )


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
