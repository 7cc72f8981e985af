"""An audit of classifiers as tables and sentences."""

from rich.console import Console, Group
from rich.text import Text

from w2sjax.auditing.bootstrap import LEVEL
from w2sjax.auditing.classification.measures import BINS
from w2sjax.auditing.classification.results import ClassifierAudit, ClassifierModelAudit, Scores
from w2sjax.auditing.expansion import table as expansion_table
from w2sjax.auditing.report import density_words, overlap_table
from w2sjax.reporting.blocks import DIM, HEADING, WARNING, Block, Figure, Row, Table, Words
from w2sjax.reporting.numbers import number
from w2sjax.reporting.terminal import laid_out

ROLES = {
    "student": "student: soft labels",
    "confidence_loss": "student: confidence loss",
    "hard_labels": "student: hard labels",
}
PARTS = {"all": "all points", "fit": "the points fitted on", "held-out": "the held-out points"}
SCORES = (
    "log loss: in nats; calibration error: expected calibration error, {bins} bins of equal width; gap "
    "recovered: (student - weak) / (ceiling - weak), of accuracies; !: the ceiling is below the weak model"
)
LAW = (
    "KL in nats. misfit: weak model to student; gain to ceiling: KL(weak|ceiling) - KL(student|ceiling); "
    "defect: gain less misfit, 0 for the free minimum on the points fitted on; gap: student to the exact "
    "minimum, at most; accuracy gain: student less weak model"
)


def show(report: ClassifierAudit, console: Console) -> None:
    """Print an audit and, where it has one, its held-out part."""
    console.print(Text(report.source, style="bold"), soft_wrap=True)
    console.print(Group(*laid_out(blocks(report))))
    if report.held_out is not None:
        console.print()
        show(report.held_out, console)


def blocks(report: ClassifierAudit, overlap: Figure | None = None) -> list[Block]:
    """Give one part of an audit; `overlap` is the picture of what is detected."""
    parts: list[Block] = [Words(_heading(report))]
    parts += [_scores(report)] if report.has_truth else []
    parts += [_law(report), *map(Words, _choice(report))]
    if report.overlap is not None:
        parts += [Words(f"Regions by the confidence of {report.overlap_of}:")]
        parts += [overlap_table(report.overlap), Words(density_words(report.overlap))]
        parts += [] if overlap is None else [overlap]
    if report.expansion is not None:
        parts += expansion_table.blocks(report.expansion)
    return [*parts, *(Words(f"{sentence}.", WARNING) for sentence in report.warnings)]


def _heading(report: ClassifierAudit) -> str:
    how = {"fitted": "", "given": ", students as given", "kept": ", heads as fitted"}[
        report.students
    ]
    return (
        f"softmax-linear heads on {PARTS[report.part]}{how}: n = {report.n}, d = {report.d}, "
        f"{len(report.classes)} classes"
    )


def _scores(report: ClassifierAudit) -> Table:
    interval = (f"{LEVEL:.0%} on\nresamples",) if report.bootstrap else ()
    columns = (
        "classifier",
        "accuracy",
        "log loss",
        "calibration\nerror",
        "gap\nrecovered",
        *interval,
    )
    rows = []
    for model in report.models:
        mark = " *" if model.name == report.chosen and len(report.models) > 1 else ""
        rows.append(_row(report, model.name + mark, model.weak, HEADING))
        rows += [_row(report, f"  {ROLES[role]}", getattr(model, role)) for role in ROLES]
    if report.models:
        rows.append(_row(report, "ceiling: true labels", report.models[0].ceiling, DIM))
    return Table(
        columns, tuple(rows), "Weak models and what learns from them", SCORES.format(bins=BINS)
    )


def _row(report: ClassifierAudit, name: str, scores: Scores, kind: str = "") -> Row:
    loss = "inf" if scores.log_loss is None else number(scores.log_loss)
    cells = [name, number(scores.accuracy), loss, number(scores.calibration_error)]
    flag = " !" if scores.gap_status == "BELOW" else ""
    learns = scores.gap_status is not None
    undefined = learns and scores.gap_recovered is None
    cells.append(
        "undefined" if undefined else number(scores.gap_recovered) + flag if learns else ""
    )
    if report.bootstrap:
        ends = scores.gap_interval
        cells.append(" to ".join(map(number, ends)) if ends else "-" if learns else "")
    return Row(tuple(cells), kind)


def _law(report: ClassifierAudit) -> Table:
    columns = (
        "weak model",
        "KL\nmisfit",
        "KL gain to\nceiling",
        "defect",
        "gap",
        "accuracy\ngain",
        "status",
    )
    if not report.has_truth:
        columns = ("weak model", "KL\nmisfit", "gap", "status")
    rows = []
    for model in report.models:
        head = [number(model.student.gap), model.student.status or "given"]
        misfit = number(model.kl_misfit, model.rounding)
        if not report.has_truth:
            rows.append(Row((model.name, misfit, *head)))
            continue
        gain = number(model.kl_gain_to_ceiling, model.rounding)
        defect = number(model.defect, model.rounding)
        if model.rounding is not None and model.defect is not None and defect == "0":
            defect = f"0 ± {model.rounding:.0e}"
        rows.append(Row((model.name, misfit, gain, defect, head[0], _gain(model), head[1])))
    return Table(columns, tuple(rows), "The law: KL gain to ceiling = KL misfit + defect", LAW)


def _gain(model: ClassifierModelAudit) -> str:
    if model.student.accuracy is None or model.weak.accuracy is None:
        return number(None)
    return f"{model.student.accuracy - model.weak.accuracy:+.4f}"


def _choice(report: ClassifierAudit) -> list[str]:
    if not report.has_truth:
        return []
    if report.chosen is None:
        return ["Nothing is chosen: no student is at a finite distance from the ceiling."]
    if len(report.models) == 1:
        return [f"{report.chosen} is the only weak model: nothing to choose between."]
    proof = "certified" if report.certified else "not certified"
    found = (
        "It is the most accurate student too."
        if not report.regret
        else f"The most accurate student is that of {report.best}, by {number(report.regret)}."
    )
    where = "these points" if report.part != "all" else "the points audited"
    return [
        f"* {report.chosen} is the weak model to deploy: its student is closest to the ceiling in KL, "
        f"{proof} on {where}. {found}"
    ]
