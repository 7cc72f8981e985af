"""An audit as tables and sentences for people."""

from rich.console import Console, Group
from rich.text import Text

from w2sjax.auditing.bootstrap import LEVEL, TAILS
from w2sjax.auditing.expansion import table as expansion_table
from w2sjax.auditing.overlap import DETECTED, Overlap
from w2sjax.auditing.results import SHARES, Audit, ModelAudit
from w2sjax.reporting.blocks import DIM, WARNING, Block, Figure, Row, Table, Words
from w2sjax.reporting.numbers import number
from w2sjax.reporting.terminal import laid_out

WHAT = (
    "misfit: weak model to student; gap: student to projection, at most; epsilon: target to class"
)
WHAT_ASSUMED = (
    "misfit: weak model to student; gap: student to projection, at most; then guaranteed gains"
)
COLUMNS = {
    "misfit": "misfit",
    "gap": "gap",
    "reach": "reach",
    "weak_error": "weak\nerror",
    "student_error": "student\nerror",
    "gain": "gain",
    "epsilon": "epsilon",
    "guaranteed_gain": "guaranteed\ngain",
}
SHOWN = (0, 5, 7)  # places in the grid of assumed epsilons: 0, 0.01 and 0.1 of the misfit
_PARTS = {"all": "all points", "fit": "the points fitted on", "held-out": "the held-out points"}


def show(report: Audit, console: Console) -> None:
    """Print an audit and, where it has one, its held-out part."""
    console.print(Text(report.source, style="bold"), soft_wrap=True)
    console.print(Group(*laid_out(blocks(report))))
    if report.held_out is not None:
        console.print()
        show(report.held_out, console)


def blocks(report: Audit, overlap: Figure | None = None) -> list[Block]:
    """Give one part of an audit; `overlap` is the picture of what is detected."""
    parts: list[Block] = [Words(_heading(report)), _table(report), *map(Words, _ranking(report))]
    if report.overlap is not None:
        parts += [overlap_table(report.overlap), Words(density_words(report.overlap))]
        parts += [] if overlap is None else [overlap]
    if report.expansion is not None:
        parts += expansion_table.blocks(report.expansion)
    warnings = (Words(f"{sentence}.", WARNING) for sentence in report.warnings)
    return [*parts, *map(Words, _notes(report)), *warnings]


def _heading(report: Audit) -> str:
    of_class = report.set + (" with intercept" if report.intercept else "")
    sizes = [f"n = {report.n}"]
    if report.d is not None:
        sizes += [f"d = {report.d}", f"rank {report.rank}"]
        sizes += [f"condition number {number(report.condition_number)}"]
    if report.route != "memory":
        sizes += [f"read in {report.route}"]
    students = {"projected": "", "given": ", students as given", "fitted": ", students as fitted"}
    return f"{of_class} on {_PARTS[report.part]}{students[report.students]}: {', '.join(sizes)}"


def _table(report: Audit) -> Table:
    """Give a row a weak model, and two more for intervals."""
    # A reach is shown where a certificate has one: nothing is claimed beyond it.
    limited = any(model.reach is not None for model in report.models)
    columns = {name: title for name, title in COLUMNS.items() if limited or name != "reach"}
    title, titles = "", []
    if not report.has_target:
        columns = {name: columns[name] for name in ("misfit", "gap", "reach") if name in columns}
        title = "Guaranteed gain where the target's epsilon is this share of the misfit"
        titles = [f"at\n{SHARES[place]:.4g}" for place in SHOWN] + ["vanishes at\nepsilon"]
    rows = []
    for model in report.models:
        mark = " *" if model.name == report.chosen and len(report.models) > 1 else ""
        cells = [_shown(model, name, getattr(model, name)) for name in columns]
        cells += [] if report.has_target else _guarantees(model)
        rows.append(Row((model.name + mark, *cells)))
        if report.bootstrap:
            intervals = {name: model.interval(name) or (None, None) for name in columns}
            for side, tail in enumerate(TAILS):
                ends = (_shown(model, name, ends[side]) for name, ends in intervals.items())
                rows.append(Row((f"  {tail:g}%", *ends), DIM))
    named = ("weak model", *columns.values(), *titles)
    return Table(named, tuple(rows), title, WHAT if report.has_target else WHAT_ASSUMED)


def _shown(model: ModelAudit, name: str, value: float | None) -> str:
    """Write a number of a model: what rounding and certificate do not tell from 0 is 0."""
    return number(value, model.doubts.get(name))


def overlap_table(overlap: Overlap) -> Table:
    """Both splits of the detection; intervals over resamples."""
    easy, hard, both = (f"{overlap.counts[name]} {name}" for name in DETECTED)
    rest = f"{overlap.n - overlap.counts['hard']} others"
    rows = []
    for name, split, low, high in (
        ("confidence", overlap.confidence, hard, rest),
        ("|cosine|", overlap.score, easy, both),
    ):
        among = " to ".join(map(number, split.threshold_interval or (None,)))
        numbers = number(split.explained), number(split.one_mode_p_value)
        rows.append(Row((name, number(split.threshold), among, *numbers, low, high)))
    titles = ("split of", "threshold", f"{LEVEL:.0%} on\nresamples", "explained\nvariance",
              "p-value of\none mode", "below", "not\nbelow")  # fmt: skip
    return Table(
        titles,
        tuple(rows),
        "Overlap points, by the confidence of the weak model and strong features",
        "below, not below the threshold: so many points of each kind",
        left=(0, 5, 6),
    )


def density_words(overlap: Overlap) -> str:
    """Say the density of overlap, with its intervals."""
    low, high = overlap.density_interval
    text = (
        f"Overlap density {number(overlap.density)}: {LEVEL:.0%} interval {number(low)} to "
        f"{number(high)} at these thresholds"
    )
    if overlap.resampled_density_interval is not None:
        low, high = overlap.resampled_density_interval
        text += f", {number(low)} to {number(high)} where {overlap.resamples} resamples choose their own"
    return text + "."


def _guarantees(model: ModelAudit) -> list[str]:
    found = model.guarantee
    if found is None:
        return [number(None)] * (len(SHOWN) + 1)
    gains = [_shown(model, "guaranteed_gain", found.guaranteed_gain[i]) for i in SHOWN]
    return [*gains, _shown(model, "misfit", found.vanishes_at)]


def _ranking(report: Audit) -> list[str]:
    if not report.has_target:
        return ["No target: nothing is chosen; epsilon is the target's distance from the class."]
    if report.chosen is None:
        return ["Nothing is chosen: no model has finite errors."]
    if len(report.models) == 1:
        return [f"{report.chosen} is the only weak model: nothing to choose between."]
    proof = "certified" if report.certified else "not certified"
    found = (
        "It is the best student."
        if report.best == report.chosen
        else f"The best student is that of {report.best}; regret {number(report.regret)}."
    )
    return [
        f"* {report.chosen} is chosen (smallest weak error less misfit), {proof} to be the best "
        f"student. {found}"
    ]


def _notes(report: Audit) -> list[str]:
    counts = ", ".join(f"{count} {name}" for name, count in report.statuses.items())
    lines = [f"Statuses: {counts}."]
    if report.bootstrap:
        lines.append(f"Rows below a model: {LEVEL:.0%} bootstrap interval, "
                     f"{report.bootstrap} resamples.")  # fmt: skip
    return lines
