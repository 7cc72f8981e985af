"""Draw gain against misfit from the data of `experiments/misfit_gain.py`."""

import sys
from pathlib import Path

from figures._curves import columns, groups
from w2sjax.machine.figure_style import COLOURS, MARKERS, PAGE, drawing

TITLES = {
    "realizable": "(2a) realizable",
    "pretraining": "(2b) pretrained",
    "perturbation": "(2c) perturbed",
    "strong to weak": "(3a) pretrained, reversed",
    "perturbation reversed": "(3b) perturbed, reversed",
    "few data": "(3c) pretrained on few data",
}


def draw(folder: Path) -> None:
    """Draw `misfit_gain` and, where there are heads trained by AdamW, `misfit_gain_adamw`."""
    data = dict(groups(columns(folder / "data.csv"), "panel"))
    rows = -(-len(data) // 3)
    with drawing(folder / "misfit_gain", PAGE, 2.2 * rows + 0.4 * (rows == 1)) as figure:
        grid = figure.subplots(rows, -(-len(data) // rows), squeeze=False)
        for axes, (name, panel) in zip(grid.flat, data.items(), strict=True):
            _scatter(axes, panel, TITLES[name])
        for axes in grid[-1]:
            axes.set_xlabel("misfit $d(f_{sw}, f_w)$")
        for axes in grid[:, 0]:
            axes.set_ylabel("gain $d(f_w, f^*) - d(f_{sw}, f^*)$")
        lines = grid[0, 0].get_legend_handles_labels()
        figure.legend(*lines, loc="outside upper center", ncols=3)
    if (folder / "adamw.csv").exists():
        with drawing(folder / "misfit_gain_adamw", PAGE, 2.6) as figure:
            _distances(figure, groups(columns(folder / "adamw.csv"), "panel"), data)


def _scatter(axes, panel, title: str) -> None:
    axes.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0, label="gain = misfit")
    axes.axline((0, 0), slope=-1, color="0.6", linewidth=0.8, linestyle=":", zorder=0,
                label="gain = $-$ misfit")  # fmt: skip
    axes.axhline(0, color="0.85", linewidth=0.6, zorder=0)
    axes.errorbar(
        panel["misfit"],
        panel["gain"],
        xerr=panel["misfit_stderr"],
        yerr=panel["gain_stderr"],
        fmt="o",
        markersize=2,
        color=COLOURS[0],
        ecolor="0.75",
        elinewidth=0.5,
        label="a task",
    )
    axes.set_xlim(left=0)
    room = 0.05 * (panel["gain"].max() - panel["gain"].min())
    axes.set_ylim(min(0, panel["gain"].min()) - room, max(0, panel["gain"].max()) + room)
    axes.set_title(title, loc="left")


def _distances(figure, trained, exact) -> None:
    left, right = figure.subplots(1, 2)
    for place, (name, panel) in enumerate(trained):
        look = {
            "color": COLOURS[place],
            "marker": MARKERS[place],
            "linestyle": "none",
            "markersize": 2,
        }
        left.plot(panel["misfit"], panel["training_gap"], label=TITLES[name], **look)
        left.plot(exact[name]["misfit"], exact[name]["training_gap"], alpha=0.3, **look)
        right.plot(panel["guaranteed"], panel["gain"], **look)
    left.set(xscale="log", yscale="log", xlabel="misfit", ylabel="gap to the projection")
    left.axline((1e-3, 1e-3), (1, 1), color="0.6", linewidth=0.8, zorder=0)
    left.text(0.03, 0.93, "AdamW", transform=left.transAxes)
    left.text(0.03, 0.03, "exact heads", transform=left.transAxes)
    right.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0)
    right.set(
        xlabel="guaranteed: misfit $- 2\\gamma - 2\\sqrt{\\varepsilon\\,\\mathrm{misfit}}$",
        ylabel="gain of the AdamW student",
    )
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
