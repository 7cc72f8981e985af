"""Draw precision, recall, rates and density errors from the data of `experiments/detection.py`."""

import sys
from pathlib import Path

from figures._curves import columns, curve, groups, rows
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing

RATES = {
    "": "the algorithm",
    "known_": "hard-only points known",
    "direction_": "one direction, measured",
}


def draw(folder: Path) -> None:
    """Draw `detection`: a row for each case, the first noise in the two left columns."""
    data = columns(folder / "data.csv")
    with drawing(folder / "detection", PAGE, 4.6) as figure:
        grid = figure.subplots(2, 3, sharex=True)
        for axes, (case, own) in zip(grid, groups(data, "case"), strict=True):
            first = rows(own, noise=own["noise"][0])
            for place, name in enumerate(("precision", "recall")):
                curve(axes[0], first, "separation", name, place, label=name)
            axes[0].set(ylabel=f"{case}", ylim=(0, 1.05))
            _rates(axes[1], first)
            _errors(axes[2], own)
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


def _rates(axes, data) -> None:
    """Colours tell the scores apart, full and broken lines the two rates."""
    for place, (prefix, label) in enumerate(RATES.items()):
        for kind, style in (("false_positives", "-"), ("misses", ":")):
            curve(
                axes,
                data,
                "separation",
                prefix + kind,
                place,
                linestyle="none" if prefix == "direction_" else style,
                markerfacecolor=COLOURS[place] if kind == "false_positives" else "white",
                label=f"{label}: {kind.replace('_', ' ')}",
            )
    for kind, style in (("false_positives", "-"), ("misses", ":")):
        label = f"one direction, {'rate' if kind == 'false_positives' else 'bound'}: "
        axes.plot(
            data["separation"],
            data[f"rate_{kind}"],
            color="0.4",
            linestyle=style,
            label=label + kind.replace("_", " "),
            zorder=0,
        )
    axes.set(ylim=(-0.03, None))


def _errors(axes, data) -> None:
    axes.axhline(0, color="0.7", linewidth=0.6, zorder=0)
    for place, (noise, own) in enumerate(groups(data, "noise")):
        curve(axes, own, "separation", "density_error", place, label=rf"$\sigma = {noise:g}$")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
