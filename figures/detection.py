"""Draw precision, recall, rates and density errors from the data of `experiments/detection.py`."""

import sys
from pathlib import Path

import numpy as np

from experiments._run import read
from w2sjax.figure_style import COLOURS, MARKERS, PAGE, drawing

RATES = {
    "": "the algorithm",
    "known_": "hard-only points known",
    "direction_": "one direction, measured",
}


def draw(folder: Path) -> None:
    """Draw `detection`: a row for each case, the first noise in the two left columns."""
    data = {name: np.array(values) for name, values in read(folder / "data.csv").items()}
    with drawing(folder / "detection", PAGE, 4.6) as figure:
        grid = figure.subplots(2, 3, sharex=True)
        for axes, case in zip(grid, dict.fromkeys(data["case"].tolist()), strict=True):
            chosen = data["case"] == case
            rows = {name: values[chosen] for name, values in data.items()}
            first = rows["noise"] == rows["noise"][0]
            one = {name: values[first] for name, values in rows.items()}
            _curves(axes[0], one, {"precision": "precision", "recall": "recall"})
            axes[0].set(ylabel=f"{case}", ylim=(0, 1.05))
            _rates(axes[1], one)
            _errors(axes[2], rows)
        grid[0, 0].set_title("overlap points found", loc="left")
        grid[0, 1].set_title("error rates", loc="left")
        grid[0, 2].set_title("detected − true density", loc="left")
        for axes in grid[1]:
            axes.set(xlabel=r"separation $\|\mu\|/\sigma$", xscale="log")
            ticks = [0.5, 1, 2, 4, 8, 16]
            axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            axes.set_xticks([], minor=True)
        grid[1, 0].legend(loc="lower right")
        grid[0, 2].legend(loc="lower right")
        handles, labels = grid[1, 1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)


def _curves(axes, rows, names) -> None:
    for place, (name, label) in enumerate(names.items()):
        axes.errorbar(
            rows["separation"],
            rows[name],
            yerr=rows[f"{name}_stderr"],
            color=COLOURS[place],
            marker=MARKERS[place],
            markersize=3,
            label=label,
        )


def _rates(axes, rows) -> None:
    """Colours tell the scores apart, full and broken lines the two rates."""
    for place, (prefix, label) in enumerate(RATES.items()):
        for kind, style in (("false_positives", "-"), ("misses", ":")):
            name = prefix + kind
            axes.errorbar(
                rows["separation"],
                rows[name],
                yerr=rows[f"{name}_stderr"],
                color=COLOURS[place],
                marker=MARKERS[place],
                markersize=3,
                linestyle="none" if prefix == "direction_" else style,
                markerfacecolor=COLOURS[place] if kind == "false_positives" else "white",
                label=f"{label}: {kind.replace('_', ' ')}",
            )
    for kind, style in (("false_positives", "-"), ("misses", ":")):
        label = f"one direction, {'rate' if kind == 'false_positives' else 'bound'}: "
        axes.plot(
            rows["separation"],
            rows[f"rate_{kind}"],
            color="0.4",
            linestyle=style,
            label=label + kind.replace("_", " "),
            zorder=0,
        )
    axes.set(ylim=(-0.03, None))


def _errors(axes, rows) -> None:
    axes.axhline(0, color="0.7", linewidth=0.6, zorder=0)
    for place, noise in enumerate(dict.fromkeys(rows["noise"].tolist())):
        chosen = rows["noise"] == noise
        one = {name: values[chosen] for name, values in rows.items()}
        axes.errorbar(
            one["separation"],
            one["density_error"],
            yerr=one["density_error_stderr"],
            color=COLOURS[place],
            marker=MARKERS[place],
            markersize=3,
            label=rf"$\sigma = {noise:g}$",
        )


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
