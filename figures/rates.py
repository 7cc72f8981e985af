"""Draw rates and looseness from the data of `experiments/rates.py`."""

import sys
from pathlib import Path

from figures._curves import columns, curve, groups, rows
from w2sjax.machine.figure_style import PAGE, drawing

QUANTITIES = {
    "excess": ("excess misfit $\\kappa$", "$2\\Delta$"),
    "gap": ("gap $\\gamma$ of the student", "$\\Gamma$"),
    "supremum": ("supremum of Lemma 4", "$\\Delta$"),
}


def draw(folder: Path) -> None:
    """Draw `rates`: each quantity with its bound, and how loose the bounds are."""
    data, slopes = columns(folder / "data.csv"), columns(folder / "slopes.csv")
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


def _curves(axes, data, slopes, name: str, bound: str) -> None:
    for place, (constraint, own) in enumerate(groups(data, "constraint")):
        slope = rows(slopes, constraint=constraint, quantity=name)["slope"][0]
        curve(axes, own, "n", name, place, label=f"{constraint}: slope {slope:.2f}")
    active = rows(data, constraint="active")  # the bounds know nothing of the constraint
    axes.plot(active["n"], active[f"{name}_bound"], color="0.4", linestyle="--", label=bound)
    axes.legend(loc="lower left")


def _loose(axes, data) -> None:
    for place, (constraint, own) in enumerate(groups(data, "constraint")):
        for name, line, label in (("theorem_2", "-", "Theorem 2"), ("sharpened", ":", "sharpened")):
            look = {"yerr": None, "linestyle": line, "label": f"{label}, {constraint}"}
            curve(axes, own, "n", name, place, **look)
    axes.set_title("bound of the student's error / error", loc="left")
    axes.legend(loc="upper right")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
