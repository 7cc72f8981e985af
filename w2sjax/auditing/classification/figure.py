"""An audit of classifiers as a figure: where gain and misfit agree, and where not."""

from pathlib import Path
from typing import Any

from w2sjax.auditing.classification.results import ClassifierAudit
from w2sjax.auditing.figure import NAMED
from w2sjax.machine.figure_style import COLOURS, MARKERS, PAGE, SVG, drawing, saved


def save_figure(report: ClassifierAudit, stem: Path) -> list[Path]:
    """Draw KL gain and accuracy gain against the misfit into `stem`.png, .pdf and .svg.

    Without labels, the misfits alone. Raises `ImportError` where matplotlib is not installed.
    """
    with drawing(stem, PAGE, 2.8, SVG) as figure:
        if report.has_truth:
            left, right = figure.subplots(1, 2)
            left.axline(
                (0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0, label="gain = misfit"
            )
            _points(left, report, "kl_gain_to_ceiling")
            left.set_ylabel("KL gain to ceiling (nats)")
            right.axhline(0, color="0.85", linewidth=0.6, zorder=0)
            _points(right, report, "")
            right.set_ylabel("accuracy of student less weak model")
            for axes in (left, right):
                axes.set_xlabel("KL misfit, weak model to student (nats)")
            figure.legend(*left.get_legend_handles_labels(), loc="outside right upper")
        else:
            axes = figure.add_subplot()
            names = [model.name for model in report.models]
            axes.barh(names, [model.kl_misfit or 0 for model in report.models], color=COLOURS[0])
            axes.invert_yaxis()
            axes.set_xlabel("KL misfit, weak model to student (nats)")
    return saved(stem, SVG)


def _points(axes: Any, report: ClassifierAudit, quantity: str) -> None:
    """Draw a marker a weak model, hollow on held-out points."""
    parts = [report] if report.held_out is None else [report, report.held_out]
    for part in parts:
        for place, model in enumerate(part.models):
            gain = (model.student.accuracy or 0) - (model.weak.accuracy or 0)
            height = getattr(model, quantity) if quantity else gain
            if model.kl_misfit is None or height is None:
                continue
            many = len(part.models) > NAMED
            colour, marker = COLOURS[0 if many else place], MARKERS[0 if many else place]
            axes.plot(
                model.kl_misfit,
                height,
                marker,
                color=colour,
                markersize=5,
                markerfacecolor=colour if part is report else "white",
                label=None if many or part is not report else model.name.replace("$", r"\$"),
            )
    if report.held_out is not None:
        style = {"marker": "o", "color": "0.4", "linestyle": "none", "markersize": 5}
        axes.plot([], [], label="fitted on", **style)
        axes.plot([], [], label="held out", markerfacecolor="white", **style)
