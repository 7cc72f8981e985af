"""Draw what stopping early keeps and saves from the data of `experiments/early_stopping.py`."""

import sys
from fractions import Fraction
from pathlib import Path

from experiments._run import read
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing


def draw(folder: Path) -> None:
    """Draw `early_stopping`: the certain gain on the left, the possible loss on the right."""
    rows = read(folder / "shares.csv")
    panels = (
        ("kept", "least_kept", "median_kept", "gain / misfit", "(a) target in the class"),
        ("lost", "most_lost", "median_lost", r"loss / $\varepsilon$", "(b) any target"),
    )
    with drawing(folder / "early_stopping", PAGE, 2.5) as figure:
        for axes, (bound, worst, median, label, title) in zip(
            figure.subplots(1, 2), panels, strict=True
        ):
            known = [
                (share, float(Fraction(str(value))))
                for share, value in zip(rows["share"], rows[bound], strict=True)
                if value != "none"
            ]
            proved = {"color": COLOURS[1], "marker": "o", "markersize": 3}
            axes.plot(*zip(*known, strict=True), label="best constant, proved", **proved)
            axes.plot(rows["share"], rows[worst], color=COLOURS[0], label="worst problem drawn")
            axes.plot(rows["share"], rows[median], "--", color=COLOURS[0], label="median problem")
            axes.axvline(1, color="0.7", linewidth=0.6, zorder=0)
            axes.set(xlabel=r"share $\lambda$ of the way from $f_w$ to $f_{sw}$", ylabel=label)
            axes.set_title(title, loc="left")
            axes.legend()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
