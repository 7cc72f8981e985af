"""Draw the study of digits from the data of `experiments/digits_overlap.py`."""

import sys
from pathlib import Path

import numpy as np

from figures._curves import columns, curve, groups, rows
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing

REGIONS = ("easy only", "hard only", "overlap")
LABELS = {"student": "student (true overlap)"}


def draw(folder: Path) -> None:
    """Draw `digits_overlap`: examples, accuracy, detected density, sources."""
    names = ("data", "detection", "selection", "examples")
    data, detection, selection, examples = (columns(folder / f"{name}.csv") for name in names)
    with drawing(folder / "digits_overlap", PAGE, 4.6) as figure:
        upper, lower = figure.subfigures(2, 1)
        left, right = upper.subfigures(1, 2, width_ratios=(1, 1.25))
        _examples(left, examples)
        _accuracy(right.subplots(), data)
        axes = lower.subplots(1, 2)
        _detection(axes[0], detection)
        _sources(axes[1], selection)


def _examples(figure, data) -> None:
    grid = figure.subplots(2, 3)
    for label in range(2):
        for region, name in enumerate(REGIONS):
            axes = grid[label, region]
            halves = rows(data, label=label, region=region)["grey"].reshape(2, 8, 4)
            axes.imshow(np.concatenate(halves, axis=1), cmap="gray_r", vmin=-0.9, vmax=0.9)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
            if label == 0:
                axes.set_title(name)
        grid[label, 0].set_ylabel(f"label {label}")


def _accuracy(axes, data) -> None:
    for place, (model, own) in enumerate(groups(rows(data, region="all"), "model")):
        label, line = LABELS.get(model, model), "-" if place < 3 else "--"
        if place >= 3:
            label = model.replace("student, ", "student (detected by ") + ")"
        curve(axes, own, "density", "mean", place, yerr=own["stderr"], linestyle=line, label=label)
    axes.set(xlabel="overlap density", ylabel="accuracy", title="all test points")
    axes.legend(loc="lower right")


def _detection(axes, data) -> None:
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.6)
    for place, (kind, own) in enumerate(groups(rows(data, quantity="density"), "features"), 3):
        curve(axes, own, "density", "mean", place, yerr=own["std"], capsize=2, label=kind)
    axes.set(
        xlabel="overlap density",
        ylabel="detected density",
        title="detection (bars: deviation over runs)",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.legend(loc="lower right", title="strong features")


def _sources(axes, data) -> None:
    for place, (name, own) in enumerate(groups(data, "strategy")):
        rounds, mean, error = own["round"], own["density"], own["density_stderr"]
        axes.plot(rounds, mean, color=COLOURS[place], label=name.replace("_", " "))
        axes.fill_between(
            rounds, mean - error, mean + error, color=COLOURS[place], alpha=0.2, linewidth=0
        )
    axes.set(xlabel="batches bought", ylabel="share of overlap points", title="five sources")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="best", ncols=2)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
