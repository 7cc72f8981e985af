"""Draw the laws of linear students from the data of `experiments/linear_laws.py`."""

import sys
from pathlib import Path

import numpy as np

from figures._curves import columns, curve, groups, rows
from w2sjax.machine.figure_style import COLOURS, MARKERS, PAGE, drawing


def draw(folder: Path) -> None:
    """Draw `linear_laws`: a panel a law."""
    panels = {
        "(a) a step along a teacher": _steps,
        "(b) delta learning's criterion": _slopes,
        "(c) delta in $d$ dimensions": _dimensions,
        "(d) random-feature students": _features,
        "(e) inherited variance": _variances,
        "(f) gap recovered": _recovered,
    }
    with drawing(folder / "linear_laws", PAGE, 4.9) as figure:
        for axes, (title, panel) in zip(figure.subplots(2, 3).flat, panels.items(), strict=True):
            panel(axes, folder)
            axes.set_title(title, loc="left")


def _dots(axes, x, y, place: int, **style) -> None:
    axes.plot(x, y, MARKERS[place], color=COLOURS[place], **({"markersize": 2.5} | style))


def _steps(axes, folder: Path) -> None:
    for place, (name, own) in enumerate(groups(columns(folder / "steps.csv"), "teacher")):
        axes.fill_between(
            own["eta"], own["lower"], own["upper"], color=COLOURS[place], alpha=0.12, lw=0
        )
        axes.plot(own["eta"], own["law"], color=COLOURS[place])
        _dots(axes, own["eta"], own["measured"], place, label=name)
    axes.axhline(0, color="0.7", linewidth=0.6, zorder=0)
    axes.set(xlabel=r"step $\eta$", ylabel="rise of the cosine", ylim=(-0.45, 0.75))
    axes.legend(loc="upper left")


def _slopes(axes, folder: Path) -> None:
    ends = np.array([-0.7, 1.6])
    for wrong, right in ((ends[0], ends[1]), (3, ends[0])):
        axes.fill_between((0, right), 0, wrong, color="0.93", lw=0, zorder=-1)
    axes.text(0.97, 0.03, "wrong sign", transform=axes.transAxes, ha="right", color="0.4", size=7)
    axes.plot(ends, ends, color="0.4", zorder=0, linewidth=0.6)
    for place, (length, own) in enumerate(groups(columns(folder / "slopes.csv"), "length")):
        label = rf"logistic, $\|\theta_0\| = {length:g}$" if length else "linear loss"
        wrong = own["criterion"] * own["slope"] < 0
        _dots(axes, own["criterion"][~wrong], own["slope"][~wrong], place, alpha=0.4, label=label)
        _dots(
            axes,
            own["criterion"][wrong],
            own["slope"][wrong],
            place,
            markersize=3.5,
            mec="k",
            mew=0.5,
        )
    axes.set(xlabel="criterion", ylabel="slope of the cosine", xlim=ends, ylim=(ends[0], 2.3))
    axes.legend(loc="upper left")


def _dimensions(axes, folder: Path) -> None:
    data = columns(folder / "dimensions.csv")
    axes.plot(data["dimension"], data["expected"], "--", color="0.4", label="expected")
    axes.plot(data["dimension"], data["bound"], color=COLOURS[1], label="bound, proved")
    _dots(axes, data["dimension"], data["quantile"], 0, label="10 % quantile, drawn", markersize=3)
    axes.axhline(0, color="0.7", linewidth=0.6, zorder=0)
    axes.set(
        xscale="log", xlabel="dimension $d$", ylabel="derivative of the cosine", ylim=(-1, 0.4)
    )
    axes.legend(loc="lower right")


def _features(axes, folder: Path) -> None:
    limits, data = columns(folder / "limits.csv"), columns(folder / "features.csv")
    axes.plot(limits["teacher"], limits["limit"], color=COLOURS[1], label="limit")
    axes.plot(limits["teacher"], limits["square"], ":", color="0.4", label=r"$\frac{3}{4} L_T^2$")
    for place, (name, own) in enumerate(groups(data, "target")):
        _dots(axes, own["teacher"], own["student"], 2 * place, label=name, alpha=0.7)
    some = rows(limits | {"drawn": np.arange(limits["teacher"].size) % 7 == 3}, drawn=True)
    _dots(axes, some["teacher"], some["attained"], 1, label="worked out to attain it", mfc="none")
    axes.set(
        xlabel="error of the teacher $L_T$", ylabel="error of the student $L_S$", ylim=(-0.05, 1.75)
    )
    axes.legend(loc="upper left")


def _variances(axes, folder: Path) -> None:
    for place, (name, own) in enumerate(groups(columns(folder / "variances.csv"), "shared")):
        axes.plot(own["size"], own["law"], color=COLOURS[place])
        curve(axes, own, "size", "variance", place, linestyle="none", label=name)
    axes.axhline(1, color="0.4", linestyle="--")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="points of the student $N$",
        ylabel="share of the variance",
    )
    for axis, ticks in ((axes.xaxis, (10, 30, 100, 300)), (axes.yaxis, (0.2, 0.5, 1, 2))):
        axis.set_ticks([], minor=True)
        axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.legend(loc="upper right")


def _recovered(axes, folder: Path) -> None:
    for place, (name, own) in enumerate(groups(columns(folder / "recovered.csv"), "target")):
        _dots(axes, own["bound"], own["recovered"], place, label=f"target {name}", alpha=0.7)
    ends = np.array([-0.35, 1])
    axes.plot(ends, ends, color="0.4", zorder=0, linewidth=0.6)
    axes.axhline(1, color="0.4", linestyle="--", linewidth=0.8, zorder=0)
    axes.set(
        xlabel="the misfit's share of the gap", ylabel="PGR", xlim=(-0.35, 1.05), ylim=(-0.6, 1.05)
    )
    axes.legend(loc="lower right")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
