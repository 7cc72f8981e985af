"""Draw regret, students and the stuck index from the data of `experiments/selection.py`."""

import sys
from pathlib import Path

import numpy as np

from experiments._run import read
from w2sjax.figure_style import COLOURS, MARKERS, PAGE, drawing

LABELS = {
    "index": "index",
    "variant": "variant index",
    "thompson": "Thompson",
    "uniform": "uniform",
    "best": "always the best",
}


def draw(folder: Path) -> None:
    """Draw `selection`: regret and accuracy for two and ten sources, and a gap that is small."""
    data, students, stuck = (
        {name: np.array(values) for name, values in read(folder / f"{file}.csv").items()}
        for file in ("data", "students", "stuck")
    )
    with drawing(folder / "selection", PAGE, 4.6) as figure:
        grid = figure.subplots(2, 3)
        for row, setting in enumerate(("two", "ten")):
            _regret(grid[row, 0], _rows(data, setting=setting))
            grid[row, 0].set_title(f"{setting} sources: regret", loc="left")
            place = ("upper left", "lower right")[row]
            _accuracy(grid[row, 1], _rows(students, setting=setting, variance=5.0), place)
            grid[row, 1].set_title(f"{setting} sources: students", loc="left")
        _stuck(grid[0, 2], grid[1, 2], stuck)
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=6)


def _rows(data, **wanted):
    chosen = np.all([data[name] == value for name, value in wanted.items()], axis=0)
    return {name: values[chosen] for name, values in data.items()}


def _regret(axes, data) -> None:
    data = _rows(data, horizon=data["horizon"].max())
    for place, (name, label) in enumerate(LABELS.items()):
        rows = _rows(data, strategy=name)
        axes.errorbar(
            rows["rounds"],
            rows["regret"],
            yerr=1.96 * rows["stderr"],
            color=COLOURS[place],
            marker=MARKERS[place],
            markersize=2,
            label=label,
        )
    rows = _rows(data, strategy="index")
    axes.plot(rows["rounds"], rows["bound"], color="0.4", linestyle="--", label="bound")
    axes.set(xscale="log", yscale="log", xlabel="rounds $t$", ylabel="regret")


def _accuracy(axes, data, legend: str) -> None:
    for place, name in enumerate(LABELS):
        for reward, line in (("true", "-"), ("detected", ":")):
            rows = _rows(data, strategy=name, reward=reward)
            axes.errorbar(
                rows["points"],
                rows["accuracy"],
                yerr=1.96 * rows["stderr"],
                color=COLOURS[place],
                linestyle=line,
                marker=MARKERS[place],
                markersize=2,
            )
    for reward, line in (("true", "-"), ("detected", ":")):
        axes.plot([], [], color="0.4", linestyle=line, label=f"{reward} overlap")
    axes.legend(loc=legend)
    axes.set(xlabel="points bought", ylabel="accuracy of the student")


def _stuck(above, below, data) -> None:
    for place, (name, _) in enumerate(LABELS.items()):
        rows = _rows(data, strategy=name)
        if rows["horizon"].size == 0:
            continue
        style = {"color": COLOURS[place], "marker": MARKERS[place], "markersize": 3}
        above.errorbar(rows["horizon"], rows["regret"], yerr=1.96 * rows["stderr"], **style)
        error = [rows["stuck"] - rows["stuck_low"], rows["stuck_high"] - rows["stuck"]]
        below.errorbar(rows["horizon"], 100 * rows["stuck"], yerr=100 * np.abs(error), **style)
    rows = _rows(data, strategy="index")
    above.plot(rows["horizon"], rows["bound"], color="0.4", linestyle="--")
    above.set(xscale="log", yscale="log", ylabel="regret", xlabel="horizon $T$")
    above.set_title("a gap of 0.03: regret", loc="left")
    below.set(xscale="log", xlabel="horizon $T$", ylabel="runs [%]")
    below.set_title("on the worse source for good", loc="left")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
