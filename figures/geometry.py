"""Draw the theorems in the plane from the data of `experiments/geometry.py`."""

import sys
from pathlib import Path

from experiments._run import read
from w2sjax.machine.figure_style import COLOURS, PAGE, drawing

LABELS = {
    "weak": ("$f_w$", (0.1, 0.08)),
    "student": ("$f_{sw}$", (0.12, -0.3)),
    "target": ("$f^*$", (-0.38, -0.12)),
    "best": ("$f_s$", (-0.1, -0.38)),
}
LINES = (("weak", "student", "misfit"), ("student", "target", "error"), ("weak", "target", "weak"))


def draw(folder: Path) -> None:
    """Draw `geometry`: the projection with a realizable target, and without one."""
    points, distances = read(folder / "points.csv"), read(folder / "distances.csv")
    with drawing(folder / "geometry", PAGE, 2.9) as figure:
        for place, axes in enumerate(figure.subplots(1, 2, sharex=True, sharey=True)):
            panel = distances["panel"][place]
            found = {name: values[place] for name, values in distances.items()}
            rows = zip(points["panel"], points["name"], points["x"], points["y"], strict=True)
            chosen = [row[1:] for row in rows if row[0] == panel]
            edge = [(x, y) for name, x, y in chosen if name == "class"]
            named = {name: (x, y) for name, x, y in chosen if name != "class"}
            if panel == "realizable":
                del named["best"]
            _panel(axes, edge, named, found)
            axes.set_title(f"({'ab'[place]}) target {panel}", loc="left")


def _panel(axes, edge, named, found) -> None:
    axes.fill(*zip(*edge, strict=True), color="0.92", zorder=0)
    axes.plot(*zip(*edge, strict=True), color="0.5", linewidth=0.8)
    axes.text(0.55, -0.62, "$V_s$", color="0.35")
    texts = {
        "misfit": (COLOURS[1], f"misfit {found['misfit']:.2f}"),
        "error": (COLOURS[0], f"err$_{{sw}}$ {found['student_error']:.2f}"),
        "weak": (COLOURS[2], f"err$_w$ {found['weak_error']:.2f}"),
    }
    for start, end, name in LINES:
        colour, text = texts[name]
        axes.plot(*zip(named[start], named[end], strict=True), color=colour, label=text)
    if "best" in named:
        line = zip(named["best"], named["target"], strict=True)
        axes.plot(*line, color=COLOURS[3], label=f"$\\varepsilon$ {found['epsilon']:.2f}")
        line = zip(named["best"], named["student"], strict=True)
        axes.plot(*line, color=COLOURS[0], linestyle=":")
    for name, (x, y) in named.items():
        text, (right, up) = LABELS[name]
        axes.plot(x, y, "o", color="black", markersize=3)
        axes.text(x + right, y + up, text)
    axes.plot([], [], " ", label=f"gain {found['gain']:.2f}")
    axes.plot([], [], " ", label=f"angle at $f_{{sw}}$ {found['angle']:.0f}°")
    axes.legend(loc="lower right", bbox_to_anchor=(1.12, -0.02), handlelength=1.2)
    axes.set(aspect="equal", xticks=[], yticks=[], xlim=(-2.3, 3.6), ylim=(-1.6, 2.5))
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
