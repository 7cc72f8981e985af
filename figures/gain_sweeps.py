"""Draw the gain against overlap density from the data of `experiments/gain_sweeps.py`."""

import sys
from pathlib import Path

import numpy as np

from figures._curves import columns, curve, rows
from w2sjax.machine.figure_style import COLUMN, PAGE, drawing

TITLES = {
    "total": "fixed number of points",
    "size": "number of points, times",
    "dimension": "coordinates a pattern",
    "separation": "separation, times the published",
    "noise": "variance of the noise",
    "student": "the student's points, labels",
}
MOST = 5  # curves a panel


def draw(folder: Path) -> None:
    """Draw `gain_sweeps`, a panel a sweep, and `gain_map`, density and separation together."""
    data = columns(folder / "data.csv")
    sweeps = [name for name in TITLES if np.any(data["sweep"] == name)]
    width = min(3, len(sweeps))
    lines = -(-len(sweeps) // width)
    with drawing(folder / "gain_sweeps", PAGE, 2.3 * lines) as figure:
        grid = np.atleast_1d(figure.subplots(lines, width, sharey=True, squeeze=False)).ravel()
        for axes, name in zip(grid, sweeps, strict=False):
            _panel(axes, rows(data, sweep=name), name)
        for axes in grid[len(sweeps) :]:
            axes.set_visible(False)
        low, high = grid[0].get_ylim()
        grid[0].set_ylim(low - 0.25 * (high - low), high)  # room for the legends
        for axes in grid[::width]:
            axes.set_ylabel("gain in accuracy")
    with drawing(folder / "gain_map", COLUMN, 2.6) as figure:
        _map(figure, rows(data, sweep="separation"))


def _panel(axes, data, name: str) -> None:
    from matplotlib import colormaps

    values = list(dict.fromkeys(data["value"].tolist()))
    if len(values) > MOST:
        kept = np.linspace(0, len(values) - 1, MOST).round().astype(int)
        values = [values[i] for i in kept]
    # Ordered values from dark to light, which also the colour-blind see.
    shades = colormaps["viridis"](np.linspace(0.05, 0.85, max(len(values), 2)))
    axes.axhline(0, color="0.7", linewidth=0.6)
    for place, value in enumerate(values):
        own, label = rows(data, value=value), str(value).removesuffix(".0")
        look = {"yerr": 2 * own["stderr"], "color": shades[place], "markersize": 2.5}
        curve(axes, own, "overlap_density", "gain", place, label=label, **look)
    axes.set_title(TITLES[name], loc="left")
    axes.set_xlabel("overlap density")
    axes.legend(loc="lower right", fontsize=6)


def _map(figure, data) -> None:
    values = np.array(list(dict.fromkeys(data["value"].tolist())), float)
    density = np.unique(data["overlap_density"])
    gain = data["gain"].reshape(values.size, density.size)
    axes = figure.subplots()
    largest = np.abs(gain).max()
    image = axes.imshow(
        gain, origin="lower", aspect="auto", cmap="RdBu", vmin=-largest, vmax=largest
    )
    for (i, j), value in np.ndenumerate(gain):
        dark = abs(value) > 0.6 * largest
        axes.text(j, i, f"{round(100 * value):+d}", ha="center", va="center", fontsize=6,
                  color="white" if dark else "black")  # fmt: skip
    axes.set_xticks(range(density.size), [f"{d:.2f}" for d in density])
    axes.set_yticks(range(values.size), [f"{v:g}" for v in values])
    axes.set(xlabel="overlap density", ylabel="separation, times the published")
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.colorbar(image, label="gain in accuracy")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
