"""An audit as a report."""

from w2sjax.auditing.report import blocks
from w2sjax.auditing.results import Audit
from w2sjax.reporting.blocks import Block, Figure, Heading, Report

DATA = (
    "All numbers are about the points in the data, with their weights: they say nothing of other points, "
    "and a bootstrap interval is no guarantee."
)
CERTIFIED = (
    "Students are CERTIFIED: each is proved to be within its gap of the exact projection of its weak model "
    "on the whole class, whatever computed it, rounding included."
)
REACHED = (
    "Of a student that is not CERTIFIED the gap holds, but is large, or covers the class up to the reach "
    "only: then no gain is guaranteed."
)
KNOWN = (
    "The guaranteed gain is a proved lower bound of the gain, misfit - 2 √(epsilon misfit) - 2 gap, for any "
    "convex class; of the target it assumes nothing but its distance epsilon from the class, which is "
    "computed."
)
ASSUMED = (
    "The guaranteed gain is proved under the assumption that the target's mean squared distance from the "
    "class is at most the epsilon of its column: epsilon = 0 is realizability."
)


def report(
    audit: Audit, figure: Figure | None = None, overlap: Figure | None = None, command: str = ""
) -> Report:
    """Give an audit as a report.

    Args:
        audit: what was found.
        figure: gain against misfit, or the guarantee.
        overlap: what is detected on its points.
        command: what was typed.
    """
    parts: list[Block] = [] if figure is None else [figure]
    parts += blocks(audit, overlap)
    if audit.held_out is not None:
        parts += [Heading("Held-out points"), *blocks(audit.held_out)]
    return Report(
        f"Audit of {audit.source}", _summary(audit), tuple(parts), (), _guaranteed(audit), command
    )


def _summary(audit: Audit) -> str:
    number = len(audit.models)
    models = f"{number} weak models" if number > 1 else "one weak model"
    target = "" if audit.has_target else ", without a target"
    return f"{models.capitalize()} and the students that learn from them, on {audit.n:,} points{target}."


def _guaranteed(audit: Audit) -> tuple[str, ...]:
    parts = (audit,) if audit.held_out is None else (audit, audit.held_out)
    loose = any(set(part.statuses) != {"CERTIFIED"} for part in parts)
    certified = any("CERTIFIED" in part.statuses for part in parts)
    gain = KNOWN if audit.has_target else ASSUMED
    return (gain, *[CERTIFIED] * certified, *[REACHED] * loose, DATA)
