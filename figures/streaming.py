"""Draw time and memory of a streamed audit from the data of `experiments/speed/streaming.py`."""

import sys
from pathlib import Path

import numpy as np

from figures._curves import Columns, columns, rows
from w2sjax.machine.figure_style import COLOURS, MARKERS, PAGE, drawing

AXES = {"points": ("features", "points $n$"), "features": ("points", "features $d$")}


def draw(folder: Path) -> None:
    """Draw `streaming`: seconds over n and over d, with numpy's beside them, and memory over both."""
    data = columns(folder / "streaming.csv")
    with drawing(folder / "streaming", PAGE, 2.4) as figure:
        time_n, time_d, memory = figure.subplots(1, 3)
        for axes, along in zip((time_n, time_d), AXES, strict=True):
            _times(axes, data, along)
        for place, along in enumerate(AXES):
            own = _along(data, along)
            size = own["points"] * own["features"] * 4 / 1e6
            label = f"over {AXES[along][1]}"
            memory.plot(size, own["megabytes"], MARKERS[place], color=COLOURS[place], label=label)
        memory.set(xlabel="features on disk [MB]", ylabel="anonymous memory [MB]")
        memory.set_ylim(0, 1.2 * np.max(data["megabytes"]))
        memory.legend()


def _times(axes, data: Columns, along: str) -> None:
    own = _along(data, along)
    for place, (name, label) in enumerate((("audit", "audit"), ("numpy", "numpy, Gram matrix"))):
        axes.plot(own[along], own[name], color=COLOURS[place], marker=MARKERS[place], label=label)
    axes.margins(y=0.1)
    axes.set(xlabel=AXES[along][1], ylabel="seconds", ylim=(0, None))
    axes.legend()


def _along(data: Columns, along: str) -> Columns:
    """Keep the sizes of the largest other side, in order."""
    other = AXES[along][0]
    own = rows(data, **{other: np.max(data[other])})
    order = np.argsort(own[along])
    return {name: values[order] for name, values in own.items()}


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
