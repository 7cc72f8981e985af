"""A panel of gain against misfit, a point a weak model, for the studies that average over splits."""

from collections.abc import Iterable, Mapping
from typing import Any

from figures._curves import Columns, curve, rows


def scatter(axes: Any, panel: Columns, families: Mapping[str, str]) -> None:
    """Draw the weak models of each family with the diagonal, and circle the heuristic's pick."""
    axes.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0, label="gain = misfit")
    axes.axhline(0, color="0.85", linewidth=0.6, zorder=0)
    for place, (family, label) in enumerate(families.items()):
        some = rows(panel, family=family)
        if some["misfit"].size:
            curve(
                axes,
                some,
                "misfit",
                "gain",
                place,
                xerr=some["misfit_stderr"],
                linestyle="none",
                markersize=3.5,
                markeredgecolor="white",
                markeredgewidth=0.3,
                elinewidth=0.6,
                label=label,
            )
    picked = rows(panel, picked=1)
    axes.errorbar(
        picked["misfit"],
        picked["gain"],
        fmt="o",
        markersize=8,
        markerfacecolor="none",
        markeredgecolor="black",
        markeredgewidth=0.8,
        label="the heuristic's pick",
    )


def legend(figure: Any, panels: Iterable[Any]) -> None:
    """Explain above the panels what any of them shows."""
    handles = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        handles.values(),
        handles,
        loc="outside upper center",
        ncols=len(handles),
        columnspacing=1.2,
        handletextpad=0.4,
    )
