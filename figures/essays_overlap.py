"""Draw the study of overlap in essays from the data of `experiments/essays_overlap.py`."""

import sys
from pathlib import Path

from figures._curves import columns, curve, groups, rows
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing

LABELS = {"overlap": "detected overlap points", "confident": "as many confident points"}


def draw(folder: Path) -> None:
    """Draw `essays_overlap`: regions, gain against density, sources."""
    regions, data, selection = (
        columns(folder / f"{name}.csv") for name in ("regions", "data", "selection")
    )
    with drawing(folder / "essays_overlap", PAGE, 2.8) as figure:
        axes = figure.subplots(1, 3, width_ratios=(0.8, 1.1, 1.1))
        _regions(axes[0], regions)
        _gain(axes[1], data)
        _sources(axes[2], selection)


def _regions(axes, data) -> None:
    for place, (quantity, own) in enumerate(groups(data, "quantity")):
        style = {"linestyle": "none", "capsize": 2, "label": quantity}
        curve(axes, own, "region", "mean", place, yerr=own["std"], **style)
    axes.set(title="detected regions", ylim=(0, 1.45), yticks=[0, 0.5, 1])
    axes.margins(x=0.2)
    axes.legend(loc="upper center")


def _gain(axes, data) -> None:
    axes.axhline(0, color="0.85", linewidth=0.6, zorder=0)
    for place, (mixture, own) in enumerate(groups(data, "mixture"), 2):
        label = LABELS[mixture]
        curve(axes, own, "density", "mean", place, yerr=own["stderr"], label=label)
    axes.set(xlabel="their share", ylabel="student's less weak accuracy", title="gain")
    axes.margins(y=0.3)
    axes.legend(loc="lower center")


def _sources(axes, data) -> None:
    for place, strategy in enumerate(dict.fromkeys(data["strategy"].tolist())):
        own = rows(data, strategy=strategy)
        axes.plot(own["round"], own["mean"], color=COLOURS[place], label=strategy)
    axes.set(xlabel="batches bought", ylabel="share of overlap points", title="five sources")
    axes.set_ylim(0, 1)
    axes.legend(loc="upper right", ncols=2)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
