"""Draw gain against misfit from the data of `experiments/molecules.py`."""

import sys
from pathlib import Path

import numpy as np

from experiments._run import read
from w2sjax.figure_style import COLOURS, MARKERS, PAGE, drawing

FAMILIES = {
    "linear": "linear, 1 to 8 descriptors",
    "network": "network, widths 8 to 96",
    "teacher": "teacher in the file",
}


def draw(folder: Path) -> None:
    """Draw `molecules`: a panel a data set, a point a weak model."""
    columns = {name: np.array(values) for name, values in read(folder / "summary.csv").items()}
    names = list(dict.fromkeys(columns["dataset"].tolist()))
    with drawing(folder / "molecules", PAGE, 2.7) as figure:
        panels = figure.subplots(1, len(names), squeeze=False)[0]
        for letter, axes, name in zip("def", panels, names, strict=False):
            chosen = columns["dataset"] == name
            panel = {key: values[chosen] for key, values in columns.items()}
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
        some = panel["family"] == family
        if some.any():
            axes.errorbar(
                panel["misfit"][some],
                panel["gain"][some],
                xerr=panel["misfit_stderr"][some],
                yerr=panel["gain_stderr"][some],
                fmt=MARKERS[place],
                markersize=3.5,
                markeredgecolor="white",
                markeredgewidth=0.3,
                color=COLOURS[place],
                elinewidth=0.6,
                label=label,
            )
    picked = panel["picked"] == 1
    axes.errorbar(
        panel["misfit"][picked],
        panel["gain"][picked],
        fmt="o",
        markersize=8,
        markerfacecolor="none",
        markeredgecolor="black",
        markeredgewidth=0.8,
        label="the heuristic's pick",
    )


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
