"""A projection counterexample in the plane: class, functions, squared distances, the student's angle."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.pictures.distances import Side, functions, letter, shown
from w2sjax.falsification.pictures.region import coordinates, region
from w2sjax.falsification.rendering import sides as compared
from w2sjax.falsification.rendering import title as named
from w2sjax.language.claims import Claim
from w2sjax.machine.figure_style import COLUMN, SVG, drawing, saved
from w2sjax.settings.projection.instance import Instance
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.sets import BALLS

LARGEST = 3  # coefficients of a set whose corners are listed
WIDEST = 5  # a class that is this much wider than the triangle is clipped
LEAST = 0.5  # the shorter side of a picture, relative to the longer one
TINY = 1e-9
Places = Mapping[Any, np.ndarray]


def fits(problem: Instance) -> bool:
    """Whether functions are points of the plane, and the set's corners few."""
    held = sum(mass > 0 for mass in problem.masses)
    return held <= 2 and (problem.set in BALLS or problem.dimension <= LARGEST)


def draw(found: Counterexample, problem: Instance, stem: Path) -> Path | None:
    """Draw as `stem`.png, .pdf and .svg; returns the first, None where the claim names one function."""
    sides = shown(found)
    if not sides:
        return None
    values = functions(found, [end for side in sides for end in side.ends])
    places = {end: coordinates(problem, value) for end, value in values.items()}
    line = sum(mass > 0 for mass in problem.masses) == 1
    with drawing(stem, COLUMN, 2.2 if line else 3.3, SVG) as figure:
        axes = figure.subplots()
        corners = np.array(list(places.values()))
        if apart := meaning_of(found.claim).pair:
            members = functions(found, ("member", "other")).values()
            outline, curved = np.array([coordinates(problem, v) for v in members]), False
        else:
            outline, curved = region(problem)
        draw_class(axes, outline, curved, apart)
        corners = _with_class(corners, outline)
        if _flat(places):
            corners = _rulers(axes, places, sides, corners)
        else:
            _sides(axes, places, sides)
            _angle(axes, places)
        _points(axes, places, found.claim)
        _frame(axes, corners, problem, line)
        title(figure, found)
        figure.legend(loc="outside lower center", ncols=2, handlelength=1.2, columnspacing=1.2)
    return saved(stem)[0]


def draw_class(axes: Any, outline: np.ndarray, curved: bool, apart: bool = False) -> None:
    """Draw a class by its outline: points apart, a segment or line, a polygon, an ellipse."""
    if apart or len(outline) == 1:
        axes.plot(*outline.T, "s", color="0.8", markersize=9, label="class $V$", zorder=0)
    elif len(outline) == 2:
        axes.plot(*outline.T, color="0.8", linewidth=4, label="class $V$", zorder=0)
    else:
        closed = outline if curved else np.vstack([outline, outline[:1]])
        axes.fill(*closed.T, color="0.92", zorder=0, label="class $V$")
        axes.plot(*closed.T, color="0.5", linewidth=0.8, zorder=0)


def _with_class(corners: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Make room for the class, unless it is much larger than what else is drawn."""
    width = max(float(np.ptp(corners, axis=0).max()), TINY)
    joined = np.vstack([corners, outline])
    return joined if np.ptp(joined, axis=0).max() <= WIDEST * width else corners


def _flat(places: Places) -> bool:
    """Whether all points are on a line."""
    points = np.array(list(places.values()))
    return bool(np.linalg.matrix_rank(points - points[0], tol=1e-6) < 2)


def _sides(axes: Any, places: Places, sides: Sequence[Side]) -> None:
    """Draw the squared distances as sides of a triangle, each with its value outside of it."""
    middle = np.mean(list(places.values()), axis=0)
    for side in sides:
        start, end = (places[e] for e in side.ends)
        ends = np.stack([start, end])
        axes.plot(*ends.T, color=side.colour, label=side.label)
        along = end - start
        if np.linalg.norm(along) < TINY:
            continue
        normal = np.array([-along[1], along[0]]) / np.linalg.norm(along)
        centre = ends.mean(axis=0)
        normal *= 1 if normal @ (centre - middle) >= 0 else -1
        axes.annotate(
            side.size, centre, xytext=8 * normal, textcoords="offset points", color=side.colour,
            fontsize=7, ha="center", va="center",
        )  # fmt: skip


def _rulers(axes: Any, places: Places, sides: Sequence[Side], corners) -> np.ndarray:
    """Draw the squared distances of points on a line side by side, shortest next to it."""
    points = np.array(list(places.values()))
    widest = max(points, key=lambda p: float(np.linalg.norm(p - points[0]))) - points[0]
    extent = np.linalg.norm(widest)
    along = widest / extent if extent > TINY else np.array([1.0, 0.0])
    normal = np.array([-along[1], along[0]])
    normal *= 1 if normal[1] > 0 or (normal[1] == 0 and normal[0] > 0) else -1
    far = [corners]
    for side in sorted(sides, key=lambda side: side.square):
        if side.square == 0:
            axes.plot([], [], color=side.colour, label=side.label)
            continue
        shift = 0.17 * len(far) * extent * normal
        feet = np.stack([places[end] for end in side.ends])
        ends = feet + shift
        axes.plot(*ends.T, "|-", color=side.colour, label=side.label, markersize=5)
        for foot in zip(feet, ends, strict=True):
            axes.plot(*np.stack(foot).T, ":", color="0.6", linewidth=0.6, zorder=1)
        axes.text(
            *ends.mean(axis=0), side.size, color=side.colour, fontsize=7, ha="center", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
        far.append(ends)
    return np.vstack(far)


def _points(axes: Any, places: Places, claim: Claim) -> None:
    """Mark the functions; those that coincide share a label."""
    middle = np.mean(list(places.values()), axis=0)
    flat = _flat(places)
    groups: dict[tuple[float, ...], list[Any]] = {}
    for name, place in places.items():
        groups.setdefault(tuple(np.round(place, 7).tolist()), []).append(name)
    for place, names in groups.items():
        axes.plot(*place, "o", color="black", markersize=3.5, zorder=4)
        away = np.array(place) - middle
        size = np.linalg.norm(away)
        away = np.array([0.0, -1.0]) if size < TINY or flat else away / size
        text = " = ".join(dict.fromkeys(f"${letter(claim, name)}$" for name in names))
        axes.annotate(
            text, place, xytext=11 * away, textcoords="offset points", zorder=5,
            ha="center" if abs(away[0]) < 0.5 else "left" if away[0] > 0 else "right", va="center",
        )  # fmt: skip


def _angle(axes, places) -> None:
    """Mark the angle at the student between weak model and target."""
    if not {"student", "weak", "target"} <= set(places):
        return
    corner = places["student"]
    arms = [places[name] - corner for name in ("weak", "target")]
    lengths = [float(np.linalg.norm(arm)) for arm in arms]
    if min(lengths) < TINY:
        return
    first, second = (np.arctan2(arm[1], arm[0]) for arm in arms)
    swing = (second - first + np.pi) % (2 * np.pi) - np.pi
    around = first + swing * np.linspace(0, 1, 40)
    radius = 0.25 * min(lengths)
    arc = corner + radius * np.stack([np.cos(around), np.sin(around)], axis=1)
    if abs(abs(swing) - np.pi / 2) < 1e-6:
        units = [arm / length for arm, length in zip(arms, lengths, strict=True)]
        steps = (units[0], units[0] + units[1], units[1])
        arc = np.stack([corner + 0.7 * radius * step for step in steps])
    axes.plot(*arc.T, color="0.3", linewidth=0.7)
    label = f"angle {np.rad2deg(abs(swing)):.0f}°"
    axes.plot([], [], color="0.3", linewidth=0.7, label=label)


def _frame(axes, corners, problem: Instance, line: bool) -> None:
    low, high = corners.min(axis=0), corners.max(axis=0)
    width = max(float((high - low).max()), 1e-3)
    # No side of the picture is less than a part of the other.
    missing = np.zeros(2) if line else np.maximum(LEAST * width - (high - low), 0)
    room = 0.2 * width + missing / 2
    axes.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
    axes.set_aspect("equal")
    axes.locator_params(nbins=5)
    shares = [mass / sum(problem.masses) for mass in problem.masses]
    roots = ["" if share == 1 else rf"\sqrt{{{share}}}\; " for share in shares]
    names = [f"${roots[i]}f(x_{i + 1})$" for i, share in enumerate(shares) if share > 0]
    axes.set_xlabel(names[0])
    if line:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    else:
        axes.set_ylabel(names[1])


def title(figure: Any, found: Counterexample) -> None:
    """Name the claim, and compare its sides."""
    text = f"{named(found.claim)}\n{compared(found.claim, found.lhs, found.rhs, shortened=True)}"
    figure.suptitle(text, x=0.02, ha="left", fontsize=8)
