"""Draw accuracy against overlap density from the data of `experiments/gain_curve.py`."""

import json
import sys
from pathlib import Path

import numpy as np

from experiments._run import read
from figures._curves import columns, curve, rows
from w2sjax.machine.figure_style import COLOURS, COLUMN, PAGE, drawing

NAMES = {"weak": "weak model", "oracle": "oracle", "student": "student"}
REGIONS = {"easy": "easy-only points", "hard": "hard-only points", "overlap": "overlap points"}
DENSITY = "overlap density"


def draw(folder: Path) -> None:
    """Draw `gain_curve`, all regions together, and `gain_curve_regions`."""
    simulated, exact = (columns(folder / f"{name}.csv") for name in ("data", "closed_form"))
    manifest = json.loads((folder / "manifest.json").read_text())
    published = read(folder / "comparison.csv")
    with drawing(folder / "gain_curve", COLUMN, 2.6) as figure:
        axes = figure.subplots()
        _curves(axes, simulated, exact, "all")
        densities = dict(zip(simulated["n_overlap"], simulated["overlap_density"], strict=True))
        shown = zip(*(published[k] for k in ("n_overlap", "quantity", "published")), strict=True)
        points = [(densities[n], value) for n, name, value in shown if name in NAMES]
        axes.scatter(*zip(*points, strict=True), marker="x", s=22, color="0.1", zorder=5,
                     linewidths=0.8, label="published mean")  # fmt: skip
        crossing = manifest["monotonicity"]["crossing"]
        if np.isfinite(crossing):
            axes.axvline(crossing, color="0.6", linewidth=0.7, linestyle=":")
            axes.annotate(f"{crossing:.3f}", (crossing, 0.02), xycoords=("data", "axes fraction"),
                          xytext=(3, 0), textcoords="offset points", color="0.4", fontsize=7)  # fmt: skip
        axes.set(xlabel=DENSITY, ylabel="accuracy")
        axes.legend(loc="lower right")
    with drawing(folder / "gain_curve_regions", PAGE, 2.3) as figure:
        grid = figure.subplots(1, 3, sharey=True)
        for axes, (region, title) in zip(grid, REGIONS.items(), strict=True):
            _curves(axes, simulated, exact, region)
            axes.set_title(f"{title}", loc="left")
            axes.set_xlabel(DENSITY)
        grid[0].set_ylabel("accuracy")
        grid[1].legend(loc="upper left", bbox_to_anchor=(0, 0.98))
        grid[1].set_ylim(None, 1.0)


def _curves(axes, simulated, exact, region: str) -> None:
    """Closed form as lines, test sets as points with two standard errors."""
    for place, (model, name) in enumerate(NAMES.items()):
        line = rows(exact, model=model, region=region)
        axes.plot(line["overlap_density"], line["mean"], color=COLOURS[place], label=name)
        dots = rows(simulated, model=model, region=region)
        look = {"yerr": 2 * dots["stderr"], "linestyle": "", "markersize": 2.5}
        curve(axes, dots, "overlap_density", "mean", place, **look)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
