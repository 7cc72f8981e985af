"""Draw slack against the constant, from `experiments/printed_bounds.py`: where the theorems fail."""

import sys
from pathlib import Path

from figures._curves import columns, rows
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing

PANELS = {
    "pseudolabel_correction": ("(a) Theorem 4.1 as printed", "$c / (2(1 - \\alpha))$", (-3, 1.5)),
    "coverage_expansion": ("(b) Theorem 4.2 as printed", "$c\\,(1 - \\alpha)$", (-0.15, 0.45)),
}


def draw(folder: Path) -> None:
    """Draw `printed_bounds`: bound minus error of random and evolved cases, over c in limits."""
    data = columns(folder / "points.csv")
    with drawing(folder / "printed_bounds", PAGE, 2.6) as figure:
        panels = zip(figure.subplots(1, 2), PANELS.items(), strict=True)
        for axes, (name, (title, label, height)) in panels:
            own = rows(data, statement=name)
            share, slack, violated = (
                own["c_over_limit"],
                own["rhs"] - own["lhs"],
                own["violated"] == 1,
            )
            axes.axhline(0, color="0.4", linewidth=0.8)
            axes.axvline(1, color="0.4", linewidth=0.8, linestyle="--")
            for flag, colour, marker, size, word in (
                (~violated, COLOURS[0], "o", 2.0, "holds"),
                (violated, COLOURS[1], "^", 3.0, "violated"),
            ):
                axes.plot(
                    share[flag], slack[flag], marker, color=colour, markersize=size, alpha=0.6,
                    markeredgewidth=0, label=word, rasterized=True,
                )  # fmt: skip
            axes.set(xscale="log", xlabel=label, ylim=height, xlim=(0.1, 12))
            axes.set_xticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
            axes.set_title(title, loc="left")
        figure.axes[0].set_ylabel("bound − error")
        figure.axes[0].legend(loc="lower left", markerscale=2)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
