"""An audit of classifiers as a report."""

from w2sjax.auditing.classification.report import blocks
from w2sjax.auditing.classification.results import ClassifierAudit
from w2sjax.auditing.pages import DATA
from w2sjax.reporting.blocks import Block, Figure, Heading, Report

LAW = (
    "KL gain to ceiling = KL misfit + defect holds for these numbers up to the rounding that is stated, "
    "whatever the data and however the ceiling was fitted. That the defect is 0 on the points fitted on is "
    "the optimality of free students."
)
CERTIFIED = (
    "A CERTIFIED head is proved to have a minimum, and to be within its gap of it, rounding included: for a "
    "free head the gap bounds KL(exact head | this head)."
)
ACCURACY = (
    "Nothing is guaranteed of accuracies: a student closer to the ceiling may be less accurate."
)


def report(
    audit: ClassifierAudit,
    figure: Figure | None = None,
    overlap: Figure | None = None,
    command: str = "",
) -> Report:
    """Give an audit as a report, with the figures of `pages.report`."""
    parts: list[Block] = [] if figure is None else [figure]
    parts += blocks(audit, overlap)
    if audit.held_out is not None:
        parts += [Heading("Held-out points"), *blocks(audit.held_out)]
    number = len(audit.models)
    models = f"{number} weak classifiers" if number > 1 else "One weak classifier"
    truth = "" if audit.has_truth else ", without labels"
    summary = f"{models} and the heads that learn from them, on {audit.n:,} points{truth}."
    certain = (LAW, CERTIFIED, ACCURACY, DATA) if audit.has_truth else (CERTIFIED, DATA)
    return Report(f"Audit of {audit.source}", summary, tuple(parts), (), certain, command)
