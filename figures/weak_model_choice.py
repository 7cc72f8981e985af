"""Draw how often each strategy finds the best student, from `experiments/weak_model_choice.py`."""

import sys
from pathlib import Path

import numpy as np

from figures._curves import columns, curve, rows
from w2sjax.machine.figure_style import COLUMN, drawing

NAMES = {
    "err_w - misfit": "$\\mathrm{err}_w -$ misfit",
    "err_w": "smallest $\\mathrm{err}_w$",
    "misfit": "largest misfit",
    "chance": "chance",
}
TITLES = {"subspace": "(a) linear class", "l2_ball": "(b) linear class in a ball"}
CONFIDENCE = 1.96


def draw(folder: Path) -> None:
    """Draw `weak_model_choice`: the share of best picks with 95 % binomial intervals."""
    data = columns(folder / "choices.csv")
    settings = list(dict.fromkeys(data["setting"].tolist()))
    with drawing(folder / "weak_model_choice", COLUMN, 3.6) as figure:
        for axes, (kind, title) in zip(
            figure.subplots(2, 1, sharex=True), TITLES.items(), strict=True
        ):
            for place, (strategy, name) in enumerate(NAMES.items()):
                own = rows(data, **{"class": kind, "strategy": strategy})
                own["x"] = np.arange(len(settings)) + 0.14 * (place - 1.5)
                curve(
                    axes,
                    own,
                    "x",
                    "best",
                    place,
                    yerr=CONFIDENCE * own["best_stderr"],
                    linestyle="none",
                    markersize=3.5,
                    elinewidth=0.8,
                    capsize=1.5,
                    label=name,
                )
            axes.set(ylim=(-0.04, 1.05), ylabel="best student found")
            axes.set_title(title, loc="left")
            axes.set_xticks(range(len(settings)), [name.replace(" ", "\n") for name in settings])
        lines = figure.axes[0].get_legend_handles_labels()
        figure.legend(*lines, loc="outside upper center", ncols=2)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
