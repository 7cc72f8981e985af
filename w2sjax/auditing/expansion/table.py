"""The expansion part of an audit as tables and sentences, at most 100 columns wide."""

from collections import Counter
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from w2sjax.auditing.bootstrap import LEVEL, TAILS
from w2sjax.auditing.expansion.regions import CORRECTION, COVERAGE, HARD_ERROR
from w2sjax.auditing.expansion.results import Estimate, Expansion

TITLES = {
    CORRECTION: "Expansion from right to wrong labels: Theorem B.1 of Lang et al.",
    COVERAGE: "Expansion from hard-only to confident points: Theorem B.3 of Lang et al.",
    HARD_ERROR: "Expansion from hard-only to overlap points: Theorem 4.1 of Shin et al., derived form",
}
REGIONS = {CORRECTION: "right/\nwrong", COVERAGE: "hard/\nright", HARD_ERROR: "hard/\nright"}
CAPTION = (
    "Right, wrong: by the weak model's labels. U: {what} of its student where all neighbours agree, as "
    "a share of the points before the stroke; ratio: the share of those after it that U reaches, over "
    "U; c: the least ratio of {students}{q}. Weak wrong, student differs from it: {where}; fragile: some "
    "neighbour has another label from the student{where_judged}. Both bounds are of the student's error: "
    "by its own ratio, and by c."
)
GENERAL = (
    "Neighbours in feature space stand for augmentations that keep the label; features of "
    "another scale give other neighbours, so compare the rows. c is the least over these students only "
    "and of these points only: a richer family and the population have a smaller one. The bounds use the "
    "target (which labels are wrong), so they explain an error and do not predict one."
)


def show(report: Expansion, console: Console) -> None:
    """Print neighbourhoods, one table for each statement, and what it means."""
    console.print(_neighbourhoods(report))
    if not report.estimates:
        console.print(_agreements(report))
    for statement in dict.fromkeys(row.statement for row in report.estimates):
        rows = [row for row in report.estimates if row.statement == statement]
        console.print(_table(report, rows))
        for line in _without(rows):
            console.print(Text(line))
    if report.estimates:
        console.print(Text(GENERAL))


def _numbers(*titles: str) -> list[Column]:
    return [Column(title, justify="right") for title in titles]


def _neighbourhoods(report: Expansion) -> Table:
    titles = ("mean\nnumber", "largest\nnumber", "points\nwithout")
    crossing = "points with neighbours\nof other true labels"
    caption = "k: either of two neighbours is among the k nearest of the other; r: at most r apart."
    table = Table("neighbours", *_numbers(*titles, crossing), title="Neighbourhoods",
                  caption=caption, caption_justify="left", box=box.SIMPLE_HEAD)  # fmt: skip
    for found in report.neighbourhoods:
        sizes = (f"{found.mean_size:.1f}", str(found.largest), str(found.isolated))
        table.add_row(found.name, *sizes, _share(found.truth_crossing))
    return table


def _agreements(report: Expansion) -> Table:
    titles = "student differs\nfrom teacher", "fragile: has a neighbour\nwith another label"
    model = Column("weak model", overflow="fold", max_width=30)
    columns = ("neighbours", model, *_numbers(*titles))
    table = Table(*columns, title="Students and their neighbours", box=box.SIMPLE_HEAD)
    for row in report.agreements:
        numbers = _share(row.disagreement), _share(row.fragile)
        table.add_row(row.neighbourhood, Text(row.weak_model), *numbers)
    return table


def _table(report: Expansion, rows: list[Estimate]) -> Table:
    statement = rows[0].statement
    table = Table(
        title=TITLES[statement],
        caption=_caption(report, statement),
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("weak model,\nneighbours", overflow="fold", min_width=12)
    for title in ("label", REGIONS[statement], "U", "ratio", "c", "weak\nwrong",
                  "student\ndiffers", "fragile", "own\nbound", "bound", "error"):  # fmt: skip
        fold = title == REGIONS[statement]  # with many points
        table.add_column(title, justify="right", no_wrap=not fold, overflow="fold")
    for model in dict.fromkeys(row.weak_model for row in rows):
        table.add_row(Text(model))
        for row in sorted(rows, key=lambda row: row.label):
            if row.weak_model == model:
                _add(table, row)
        table.add_section()
    return table


def _add(table: Table, row: Estimate) -> None:
    """Add a row, and two for an interval."""
    numbers = (row.set_share, row.ratio, row.constant, row.alpha, row.disagreement)
    numbers = (*numbers, row.fragile, row.own_bound, row.bound, row.error)
    names = (f"  {row.neighbourhood}", f"{row.label:g}", f"{row.source}/{row.target}")
    table.add_row(*names, *map(_share, numbers))
    for tail, end in zip(TAILS, row.constant_interval or (), strict=False):
        table.add_row(f"    {tail:g}%", *[""] * 4, _share(end), style="dim")


def _caption(report: Expansion, statement: str) -> str:
    students = {row.weak_model for row in report.estimates}
    correction = statement == CORRECTION
    teaching = {CORRECTION: "on all", COVERAGE: "on confident", HARD_ERROR: "on overlap"}[statement]
    text = CAPTION.format(
        what="points that are right" if correction else "mistakes",
        students=f"{len(students)} students" if len(students) > 1 else "the one student",
        q=f" with U above {report.smallest_set:g}" if report.smallest_set else "",
        where=f"{teaching} points of the label",
        where_judged="" if correction else ", on hard-only points",
    )
    if correction:
        text += " Without expansion (c = 0) they are weak wrong + student differs."
    if any(row.constant_interval for row in report.estimates):
        text += (
            f" Below c: its {LEVEL:.0%} interval over resamples of the points, with sets, regions and "
            "neighbourhoods as they are."
        )
    return text


def _without(rows: list[Estimate]) -> Iterator[str]:
    """Say why there are rows without a bound."""
    for reason, count in Counter(row.reason for row in rows if row.reason).items():
        yield f"No bound in {count} of {len(rows)} rows: {reason}."


def _share(value: float | None) -> str:
    """Write a number with three digits after the point, or a dash."""
    return "-" if value is None else f"{value:.3f}"
