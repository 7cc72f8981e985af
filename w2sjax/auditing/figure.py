"""An audit as a figure: gain against misfit, or the guarantee where the truth is not known."""

from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.auditing.bootstrap import Interval
from w2sjax.auditing.overlap import DETECTED, Overlap, Split
from w2sjax.auditing.results import Audit
from w2sjax.machine.figure_style import COLOURS, COLUMN, MARKERS, PAGE, SVG, drawing, saved
from w2sjax.mixture.model import HARD, OVERLAP

NAMED = len(COLOURS)  # weak models with a colour and a name of their own
UNIT = "squared label units"


def save_figure(report: Audit, stem: Path, *, unit: str = UNIT) -> list[Path]:
    """Draw the figure of an audit into `stem`.png, .pdf and .svg, one column wide.

    `unit` is that of a squared error. Raises `ImportError` where matplotlib is not installed.
    """
    with drawing(stem, COLUMN, 3.0, SVG) as figure:
        draw = _gains if report.has_target else _guarantees
        draw(figure.add_subplot(), report, unit)
    return saved(stem, SVG)


def save_overlap_figure(overlap: Overlap, stem: Path) -> list[Path]:
    """Draw both sorted scores with their thresholds into `stem`.png, .pdf and .svg.

    Raises `ImportError` where matplotlib is not installed.
    """
    confident = overlap.regions != HARD
    with drawing(stem, PAGE, 2.5, SVG) as figure:
        left, right = figure.subplots(1, 2)
        _sorted_scores(left, overlap.confidences, overlap.regions, overlap.confidence)
        left.set(xlabel="points, sorted", ylabel="confidence of the weak model")
        _sorted_scores(right, overlap.scores[confident], overlap.regions[confident], overlap.score)
        right.set(
            xlabel="points but hard-only ones, sorted",
            ylabel="largest |cosine|\nwith a hard-only point",
        )
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    return saved(stem, SVG)


def _sorted_scores(axes: Any, scores: Any, regions: Any, split: Split) -> None:
    """Draw scores in ascending order, coloured by the regions, and the threshold with its interval."""
    order = np.argsort(scores, kind="stable")
    ranks = np.arange(1, order.size + 1)
    for region, name in enumerate(DETECTED):
        member = regions[order] == region
        axes.plot(
            ranks[member],
            scores[order][member],
            linestyle="none",
            marker=MARKERS[region],
            markersize=2.5,
            markeredgewidth=0,
            color=COLOURS[region],
            label=name + ("" if region == OVERLAP else " only"),
            rasterized=True,
        )
    if split.threshold is not None:
        axes.axhline(split.threshold, color="0.3", linewidth=0.8, linestyle="--", label="threshold")
    if split.threshold_interval is not None:
        axes.axhspan(*split.threshold_interval, color="0.85", zorder=0, label="95% of resamples")


def _gains(axes: Any, report: Audit, unit: str) -> None:
    axes.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0, label="gain = misfit")
    axes.axhline(0, color="0.85", linewidth=0.6, zorder=0)
    parts = [report] if report.held_out is None else [report, report.held_out]
    for part in parts:
        for place, model in enumerate(part.models):
            if model.misfit is None or model.gain is None:
                continue
            colour, marker, label = _look(part, place)
            axes.errorbar(
                model.misfit,
                model.gain,
                xerr=_bars(model.misfit, model.misfit_interval),
                yerr=_bars(model.gain, model.gain_interval),
                fmt=marker,
                color=colour,
                markersize=4.5,
                markerfacecolor=colour if part is report else "white",
                markeredgewidth=0.9,
                elinewidth=0.7,
                label=label if part is report else None,
            )
    if report.held_out is not None:
        style = {"marker": "o", "color": "0.4", "linestyle": "none", "markersize": 4.5}
        axes.plot([], [], label="fitted on", **style)
        axes.plot([], [], label="held out", markerfacecolor="white", **style)
    axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    axes.set_xlabel("misfit $d(f_{sw}, f_w)$\n" + f"({unit})")
    axes.set_ylabel("gain $d(f_w, f^*) - d(f_{sw}, f^*)$\n" + f"({unit})")
    axes.legend(loc="best")


def _guarantees(axes: Any, report: Audit, unit: str) -> None:
    axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    top = 0.0
    for place, model in enumerate(report.models):
        found = model.guarantee
        if found is None or model.misfit is None:
            continue
        colour, _, label = _look(report, place)
        # The curve between the tabulated points is misfit - 2 sqrt(epsilon misfit) - 2 gap.
        start, last = found.guaranteed_gain[0], 1.2 * found.vanishes_at
        epsilon = [last * (step / 100) ** 2 for step in range(101)]
        gains = [start - 2 * (value * model.misfit) ** 0.5 for value in epsilon]
        axes.plot(epsilon, gains, color=colour, label=label)
        top = max(top, start)
    axes.set_xlim(left=0)
    if top > 0:
        axes.set_ylim(-0.15 * top, 1.05 * top)
    axes.set_xlabel("assumed $\\varepsilon = d(f_s, f^*)$\n" + f"({unit})")
    axes.set_ylabel(f"guaranteed gain\n({unit})")
    if 0 < len(report.models) <= NAMED:
        axes.legend(loc="best")


def _look(report: Audit, place: int) -> tuple[str, str, str | None]:
    """Give colour, marker and name of a model; one for all, and no name, where models are many."""
    if len(report.models) > NAMED:
        return COLOURS[0], MARKERS[0], None
    return COLOURS[place], MARKERS[place], report.models[place].name.replace("$", r"\$")


def _bars(value: float, interval: Interval) -> list[list[float]] | None:
    """Lengths of the error bars; a percentile interval need not contain the value itself."""
    if interval is None:
        return None
    low, high = interval
    return [[max(0.0, value - low)], [max(0.0, high - value)]]
