"""A detection experiment as lines of Markdown."""

from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.detection.instance import Instance
from w2sjax.settings.tables import table


def page(instance: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the experiment as a table and sentences."""
    rows = {
        "points n": instance.points,
        "δ": instance.failure,
        "density o of the hard pattern": instance.density,
        "mean μ of the hard pattern along the direction": instance.mean,
        "threshold τ": instance.threshold,
        "hard coordinates without the pattern": "0" if instance.zeroed else "noise",
    }
    lines = [*table(["", ""], rows.items()), ""]
    lines += ["Lengths are in standard deviations of the noise; the direction has length 1."]
    if instance.copies:
        lines.append("All points are copies of the first.")
    if instance.directions > 1:
        lines.append(
            f"The largest of {instance.directions} scores counts, along as many hard coordinates; the "
            "pattern lies along the first, to which α and β belong."
        )
    if instance.easy:
        lines.append(
            f"The score has an easy coordinate too, whose pattern adds {instance.easy}, without noise."
        )
    failing = ", ".join(map(str, evidence["failing"]))
    return [*lines, f"It fails where so many points are called: {failing}."]
