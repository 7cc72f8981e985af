"""Draw regret, students and the stuck index from the data of `experiments/selection.py`."""

import sys
from pathlib import Path

import numpy as np

from figures._curves import columns, curve, rows
from w2sjax.machine.figure_style import PAGE, drawing

LABELS = {
    "index": "index",
    "variant": "variant index",
    "thompson": "Thompson",
    "uniform": "uniform",
    "best": "always the best",
}


def draw(folder: Path) -> None:
    """Draw `selection`: regret and accuracy for two and ten sources, and a gap that is small."""
    files = ("data", "students", "stuck")
    data, students, stuck = (columns(folder / f"{file}.csv") for file in files)
    with drawing(folder / "selection", PAGE, 4.6) as figure:
        grid = figure.subplots(2, 3)
        for row, setting in enumerate(("two", "ten")):
            _regret(grid[row, 0], rows(data, setting=setting))
            grid[row, 0].set_title(f"{setting} sources: regret", loc="left")
            place = ("upper left", "lower right")[row]
            _accuracy(grid[row, 1], rows(students, setting=setting, variance=5.0), place)
            grid[row, 1].set_title(f"{setting} sources: students", loc="left")
        _stuck(grid[0, 2], grid[1, 2], stuck | {"percent": 100 * stuck["stuck"]})
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=6)


def _regret(axes, data) -> None:
    data = rows(data, horizon=data["horizon"].max())
    for place, (name, label) in enumerate(LABELS.items()):
        own = rows(data, strategy=name)
        look = {"yerr": 1.96 * own["stderr"], "markersize": 2, "label": label}
        curve(axes, own, "rounds", "regret", place, **look)
    own = rows(data, strategy="index")
    axes.plot(own["rounds"], own["bound"], color="0.4", linestyle="--", label="bound")
    axes.set(xscale="log", yscale="log", xlabel="rounds $t$", ylabel="regret")


def _accuracy(axes, data, legend: str) -> None:
    for place, name in enumerate(LABELS):
        for reward, line in (("true", "-"), ("detected", ":")):
            own = rows(data, strategy=name, reward=reward)
            look = {"yerr": 1.96 * own["stderr"], "linestyle": line, "markersize": 2}
            curve(axes, own, "points", "accuracy", place, **look)
    for reward, line in (("true", "-"), ("detected", ":")):
        axes.plot([], [], color="0.4", linestyle=line, label=f"{reward} overlap")
    axes.legend(loc=legend)
    axes.set(xlabel="points bought", ylabel="accuracy of the student")


def _stuck(above, below, data) -> None:
    for place, name in enumerate(LABELS):
        own = rows(data, strategy=name)
        if own["horizon"].size == 0:
            continue
        error = [own["stuck"] - own["stuck_low"], own["stuck_high"] - own["stuck"]]
        curve(above, own, "horizon", "regret", place, yerr=1.96 * own["stderr"])
        curve(below, own, "horizon", "percent", place, yerr=100 * np.abs(error))
    own = rows(data, strategy="index")
    above.plot(own["horizon"], own["bound"], color="0.4", linestyle="--")
    above.set(xscale="log", yscale="log", ylabel="regret", xlabel="horizon $T$")
    above.set_title("a gap of 0.03: regret", loc="left")
    below.set(xscale="log", xlabel="horizon $T$", ylabel="runs [%]")
    below.set_title("on the worse source for good", loc="left")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
