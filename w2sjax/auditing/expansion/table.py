"""The expansion part of an audit as tables and sentences."""

from collections import Counter
from collections.abc import Iterator

from w2sjax.auditing.bootstrap import LEVEL, TAILS
from w2sjax.auditing.expansion.regions import CORRECTION, COVERAGE, HARD_ERROR
from w2sjax.auditing.expansion.results import Estimate, Expansion
from w2sjax.reporting.blocks import DIM, HEADING, Block, Row, Table, Words

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


def blocks(report: Expansion) -> list[Block]:
    """Give neighbourhoods, one table for each statement, and what it means."""
    parts: list[Block] = [_neighbourhoods(report)]
    if not report.estimates:
        return [*parts, _agreements(report)]
    for statement in dict.fromkeys(row.statement for row in report.estimates):
        rows = [row for row in report.estimates if row.statement == statement]
        parts += [_table(report, rows), *map(Words, _without(rows))]
    return [*parts, Words(GENERAL)]


def _neighbourhoods(report: Expansion) -> Table:
    rows = [
        Row((found.name, f"{found.mean_size:.1f}", str(found.largest), str(found.isolated),
             _share(found.truth_crossing)))
        for found in report.neighbourhoods
    ]  # fmt: skip
    crossing = "points with neighbours\nof other true labels"
    return Table(
        ("neighbours", "mean\nnumber", "largest\nnumber", "points\nwithout", crossing),
        tuple(rows),
        "Neighbourhoods",
        "k: either of two neighbours is among the k nearest of the other; r: at most r apart.",
    )


def _agreements(report: Expansion) -> Table:
    rows = [
        Row((row.neighbourhood, row.weak_model, _share(row.disagreement), _share(row.fragile)))
        for row in report.agreements
    ]
    differs, fragile = (
        "student differs\nfrom teacher",
        "fragile: has a neighbour\nwith another label",
    )
    return Table(
        ("neighbours", "weak model", differs, fragile),
        tuple(rows),
        "Students and their neighbours",
        "Shares of the points.",
        left=(0, 1),
    )


def _table(report: Expansion, rows: list[Estimate]) -> Table:
    statement, found = rows[0].statement, []
    for model in dict.fromkeys(row.weak_model for row in rows):
        found.append(Row((model,), HEADING))
        for row in sorted(rows, key=lambda row: row.label):
            if row.weak_model == model:
                found += _rows(row)
    titles = ("label", REGIONS[statement], "U", "ratio", "c", "weak\nwrong",
              "student\ndiffers", "fragile", "own\nbound", "bound", "error")  # fmt: skip
    return Table(
        ("weak model,\nneighbours", *titles),
        tuple(found),
        TITLES[statement],
        _caption(report, statement),
        wraps=(0, 2),  # the second with many points
    )


def _rows(row: Estimate) -> list[Row]:
    """Give a row, and two for an interval."""
    numbers = (row.set_share, row.ratio, row.constant, row.alpha, row.disagreement)
    numbers = (*numbers, row.fragile, row.own_bound, row.bound, row.error)
    names = (f"  {row.neighbourhood}", f"{row.label:g}", f"{row.source}/{row.target}")
    ends = zip(TAILS, row.constant_interval or (), strict=False)
    interval = [Row((f"    {tail:g}%", *[""] * 4, _share(end)), DIM) for tail, end in ends]
    return [Row((*names, *map(_share, numbers))), *interval]


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
