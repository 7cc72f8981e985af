"""Draw rates and looseness from the data of `experiments/rates.py`."""

import sys
from pathlib import Path

import numpy as np

from experiments._run import read
from w2sjax.figure_style import COLOURS, MARKERS, PAGE, drawing

QUANTITIES = {
    "excess": ("excess misfit $\\kappa$", "$2\\Delta$"),
    "gap": ("gap $\\gamma$ of the student", "$\\Gamma$"),
    "supremum": ("supremum of Lemma 4", "$\\Delta$"),
}


def draw(folder: Path) -> None:
    """Draw `rates`: each quantity with its bound, and how loose the bounds are."""
    data = {name: np.array(values) for name, values in read(folder / "data.csv").items()}
    slopes = read(folder / "slopes.csv")
    with drawing(folder / "rates", PAGE, 4.6) as figure:
        grid = figure.subplots(2, 2, sharex=True).ravel()
        for axes in grid:
            axes.set(xscale="log", yscale="log")
        for axes, (name, (title, bound)) in zip(grid, QUANTITIES.items(), strict=False):
            _curves(axes, data, slopes, name, bound)
            axes.set_title(title, loc="left")
        _loose(grid[3], data)
        for axes in grid[2:]:
            axes.set_xlabel("points $n$ of the sample")


def _rows(data, constraint):
    chosen = data["constraint"] == constraint
    return {name: values[chosen] for name, values in data.items()}


def _curves(axes, data, slopes, name: str, bound: str) -> None:
    for place, constraint in enumerate(dict.fromkeys(data["constraint"].tolist())):
        rows = _rows(data, constraint)
        fits = zip(slopes["constraint"], slopes["quantity"], slopes["slope"], strict=True)
        slope = next(s for c, q, s in fits if (c, q) == (constraint, name))
        axes.errorbar(
            rows["n"],
            rows[name],
            yerr=rows[f"{name}_stderr"],
            color=COLOURS[place],
            marker=MARKERS[place],
            markersize=3,
            label=f"{constraint}: slope {slope:.2f}",
        )
    rows = _rows(data, "active")  # the bounds know nothing of the constraint
    axes.plot(rows["n"], rows[f"{name}_bound"], color="0.4", linestyle="--", label=bound)
    axes.legend(loc="lower left")


def _loose(axes, data) -> None:
    for place, constraint in enumerate(dict.fromkeys(data["constraint"].tolist())):
        rows = _rows(data, constraint)
        for name, line in (("theorem_2", "-"), ("sharpened", ":")):
            label = {"theorem_2": "Theorem 2", "sharpened": "sharpened"}[name]
            axes.plot(
                rows["n"],
                rows[name],
                linestyle=line,
                color=COLOURS[place],
                marker=MARKERS[place],
                markersize=3,
                label=f"{label}, {constraint}",
            )
    axes.set_title("bound of the student's error / error", loc="left")
    axes.legend(loc="upper right")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
