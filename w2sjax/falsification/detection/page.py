"""A detection experiment as lines of Markdown, and its quantities in words."""

from w2sjax.falsification.detection.experiment import Experiment
from w2sjax.falsification.statement import Statement

WORDS = {
    "far": "P(|ô - o| > max(α, β) + √(log(2/δ) / (2n)))",
    "far_fast": "P(|ô - o| > max(α, β) + √(log(2/δ) / 2) / n)",
    "far_unrated": "P(|ô - o| > √(log(2/δ) / (2n)))",
    "delta": "δ",
}


def page(experiment: Experiment, statement: Statement) -> list[str]:
    """Give the experiment as a table and sentences."""
    rows = {
        "points n": experiment.points,
        "δ": experiment.failure,
        "density o of the hard pattern": experiment.density,
        "mean μ of the hard pattern along the direction": experiment.mean,
        "threshold τ": experiment.threshold,
        "hard coordinates without the pattern": "0" if experiment.zeroed else "noise",
    }
    lines = ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items())]
    lines += ["", "Lengths are in standard deviations of the noise; the direction has length 1."]
    if statement.dropped == "i.i.d. points":
        lines.append("All points are copies of the first.")
    elif statement.dropped == "one direction":
        lines.append(
            f"The largest of {experiment.directions} scores counts, along as many hard coordinates; the "
            "pattern lies along the first, to which α and β belong."
        )
    elif statement.dropped == "hard coordinates only":
        lines.append(
            f"The score has an easy coordinate too, whose pattern adds {experiment.easy}, without noise."
        )
    return lines


def words(statement: Statement) -> dict[str, str]:
    """Name the quantities as in the claim."""
    del statement
    return WORDS
