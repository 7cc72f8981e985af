"""A finite world as a graph: its two parts as columns, labels of f and of the teacher, neighbours."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.pictures.plane import title
from w2sjax.machine.figure_style import COLOURS, COLUMN, SVG, drawing, saved
from w2sjax.settings.expansion import is_abstaining
from w2sjax.settings.expansion.instance import Instance

LARGEST = 8  # points
RIGHT, WRONG = "white", COLOURS[4]
TEACHER: dict[str, tuple[str, Any]] = {
    "right": (COLOURS[2], "-"),
    "wrong": (COLOURS[1], "-"),
    "abstains": ("0.45", ":"),
}
SIZE = 0.34  # diameter of the heaviest point; the columns are 2 apart


def fits(world: Instance) -> bool:
    """Whether the picture would be readable."""
    return world.size <= LARGEST


def draw(found: Counterexample, world: Instance, stem: Path) -> Path:
    """Draw as `stem`.png, .pdf and .svg; returns the first."""
    places = _places(world)
    tall = max(sum(world.hard), world.size - sum(world.hard))
    with drawing(stem, COLUMN, 1.35 + 0.55 * tall, SVG) as figure:
        axes = figure.subplots()
        for x, y in itertools.combinations(range(world.size), 2):
            _edge(axes, world, places, x, y)
        for x in range(world.size):
            _point(axes, world, places[x], x)
        names = "TS" if is_abstaining(found.claim) else "HO"
        top = max(place[1] for place in places) + 0.62
        for name, right in zip(names, (0, 2), strict=True):
            axes.text(right, top, f"${name}$", ha="center", va="center")
        axes.set(xlim=(-1.0, 3.0), ylim=(-0.6, top + 0.3), xticks=[], yticks=[])
        axes.set_aspect("equal")
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        title(figure, found)
        tight = {"columnspacing": 1.0, "handletextpad": 0.4}
        figure.legend(handles=_legend(world), loc="outside lower center", ncols=3, **tight)
    return saved(stem)[0]


def _places(world: Instance) -> list[np.ndarray]:
    """Stack the points of each part, the first ones on top."""
    parts = [[x for x in range(world.size) if world.hard[x] == hard] for hard in (True, False)]
    tall = max(map(len, parts))
    places = [np.zeros(2)] * world.size
    for column, part in enumerate(parts):
        for row, x in enumerate(part):
            places[x] = np.array([2.0 * column, (tall - len(part)) / 2 + len(part) - 1 - row])
    return places


def _radius(world: Instance, x: int) -> float:
    """Radius of a point: its area is in proportion to its mass."""
    share = float(world.masses[x] / max(world.masses))
    return SIZE * max(share, 0.12) ** 0.5


def _point(axes, world: Instance, place, x: int) -> None:
    from matplotlib.patches import Circle

    truth, teacher = world.truth[x], world.teacher[x]
    word = "abstains" if teacher < 0 else "right" if teacher == truth else "wrong"
    colour, dash = TEACHER[word]
    fill = RIGHT if world.classifiers[0][x] == truth else WRONG
    radius = _radius(world, x)
    edge = {"edgecolor": colour, "linestyle": dash, "linewidth": 2}
    axes.add_patch(Circle(place, radius, facecolor=fill, zorder=3, **edge))
    axes.text(*place, str(x + 1), ha="center", va="center", fontsize=7, zorder=4)
    mass = world.masses[x] / sum(world.masses)
    text = f"mass {mass}" + (f", y = {truth}" if truth else "")
    away, side = (-0.08 - radius, "right") if world.hard[x] else (0.08 + radius, "left")
    beside = place + (away, -0.02)
    axes.text(*beside, text, ha=side, va="center", fontsize=6.5, color="0.3")


def _edge(axes, world: Instance, places, x: int, y: int) -> None:
    """Draw that two points are neighbours; an arrow to y where only y is in the other's N."""
    from matplotlib.patches import FancyArrowPatch

    forth, back = world.neighbours[x][y], world.neighbours[y][x]
    if not (forth or back):
        return
    start, end = (x, y) if forth else (y, x)
    beside = world.hard[x] == world.hard[y]
    # Points of one part are above each other: bow the line towards the other part.
    down = places[end][1] < places[start][1]
    bow = 0.35 * (1 if world.hard[x] == down else -1) if beside else 0.0
    style: Any = {"color": "0.35", "linewidth": 0.9, "zorder": 2, "mutation_scale": 8}
    style |= {"connectionstyle": f"arc3,rad={bow}", "shrinkA": 0, "shrinkB": 0, "arrowstyle": "-"}
    if not (forth and back):
        style |= {"arrowstyle": "-|>", "shrinkB": 72 * _radius(world, end) * 0.62}
    axes.add_patch(FancyArrowPatch(places[start], places[end], **style))


def _legend(world: Instance) -> list[Any]:
    """Explain the marks that occur."""
    from matplotlib.lines import Line2D

    def mark(fill, edge, label):
        return Line2D(
            [], [], linestyle="none", marker="o", markersize=7, markerfacecolor=fill,
            markeredgecolor=edge, markeredgewidth=1.5, label=label,
        )  # fmt: skip

    marks = [mark(RIGHT, "0.75", "f right"), mark(WRONG, "0.75", "f wrong")]
    marks += [mark("white", TEACHER[word][0], f"teacher {word}") for word in ("right", "wrong")]
    if min(world.teacher) < 0:
        colour, dash = TEACHER["abstains"]
        line = {"color": colour, "linestyle": dash, "linewidth": 2}
        marks.append(Line2D([], [], label="teacher abstains", **line))
    return marks
