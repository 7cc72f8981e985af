"""Draw how the error of mixtures falls with their size from the data of `experiments/combinations.py`."""

import sys
from pathlib import Path

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from experiments._run import read
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing


def draw(folder: Path) -> None:
    """Draw `combinations`: errors and their bound on the left, gain less misfit on the right."""
    rows = {name: np.asarray(values) for name, values in read(folder / "combinations.csv").items()}
    with drawing(folder / "combinations", PAGE, 2.8) as figure:
        left, right = figure.subplots(1, 2)
        for colour, c in zip(COLOURS, dict.fromkeys(rows["classes"].tolist()), strict=False):
            kept = rows["classes"] == c
            sizes = rows["k"][kept]
            left.loglog(sizes, rows["bound"][kept], ":", color=colour)
            left.loglog(sizes, rows["drawn"][kept], "--", color=colour)
            left.loglog(sizes, rows["greedy"][kept], color=colour, label=f"c = {c:g}")
            right.plot(sizes, rows["excess"][kept], color=colour, label=f"c = {c:g}")
        for style, label in (("-", "greedy"), ("--", "drawn"), (":", "$(c - 1)/k$")):
            left.plot([], [], style, color="0.4", label=label)
        left.set(xlabel="models in the mixture, $k$", ylabel=r"$\delta_k$", ylim=(1e-3, None))
        left.xaxis.set_major_locator(LogLocator(2))
        left.xaxis.set_major_formatter("{x:g}")
        left.xaxis.set_minor_locator(NullLocator())
        left.set_title(r"(a) $\delta_k \leq (c - 1)/k$", loc="left")
        left.legend(ncols=2)
        right.axhline(0, color="0.7", linewidth=0.6, zorder=0)
        right.set(xlabel="models in the mixture, $k$", ylabel="gain less misfit")
        right.set_title("(b) negative where k is small", loc="left")
        right.legend()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
