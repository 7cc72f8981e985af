"""What the drawings share: the columns of a file, some of their rows, a curve with its bars."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from experiments._run import read
from w2sjax.machine.figure_style import COLOURS, MARKERS

Columns = dict[str, np.ndarray]


def columns(path: Path) -> Columns:
    """Read a CSV file column by column."""
    return {name: np.array(values) for name, values in read(path).items()}


def rows(data: Columns, **wanted: Any) -> Columns:
    """Keep the rows that have these values."""
    chosen = np.all([data[name] == value for name, value in wanted.items()], axis=0)
    return {name: values[chosen] for name, values in data.items()}


def groups(data: Columns, name: str) -> Iterator[tuple[Any, Columns]]:
    """Give the values of a column, in their order, each with its rows."""
    for value in dict.fromkeys(data[name].tolist()):
        yield value, rows(data, **{name: value})


def curve(axes: Any, data: Columns, x: str, y: str, place: int, **style: Any) -> None:
    """Draw a column over another, by default with its standard errors; colour and marker by place."""
    look = {"color": COLOURS[place], "marker": MARKERS[place], "markersize": 3}
    if "yerr" not in style:
        look["yerr"] = data[f"{y}_stderr"]
    axes.errorbar(data[x], data[y], **look | style)
