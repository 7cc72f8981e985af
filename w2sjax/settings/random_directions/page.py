"""Random directions as lines of Markdown."""

from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.random_directions.instance import Instance


def page(instance: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give cosines and errors, and where it fails."""
    cosines = zip(("α_0", "α_c", "α_r"), instance.cosines, strict=True)
    lines = [f"* {name} = {value}" for name, value in cosines]
    lines += [f"* d = {instance.dimension}", f"* δ = {instance.failure}"]
    lines.append(f"* errors: random signs in {instance.rank} coordinates, of one size")
    if instance.copied:
        lines.append("* the chosen teacher's error is the student's")
    failing = "; ".join(map(str, evidence["failing"]))
    return [*lines, "", "It fails where the student's error agrees with those of the chosen and of the "
            f"rejected teacher in so many signs: {failing}."]  # fmt: skip
