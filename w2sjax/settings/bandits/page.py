"""A choice among sources as lines of Markdown."""

from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.tables import table


def page(instance: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the sources as a table and sentences."""
    places = range(1, instance.size + 1)
    titles = ["scenario", "probability", *(f"source {k}" for k in places)]
    rows = [
        [i + 1, share, *map(_pays, instance.chances[i], instance.rewards[i])]
        for i, share in enumerate(instance.scenarios)
    ]
    rows.append(["all", 1, *(f"mean {o}" for o in instance.densities())])
    rule = "each source once, then the largest index ô + √(2 log T / n), the first among equals"
    lines = [*table(titles, rows), "", f"T = {instance.horizon} rounds: {rule}."]
    if len(instance.scenarios) > 1:
        lines.append(
            "The scenario is drawn once, before the first round, and nobody is told which."
        )
    if ("delta",) in claim.quantities:
        lines.append(f"δ = {instance.failure}.")
    return lines


def _pays(chances: list[Fraction], rewards: list[Fraction]) -> str:
    if len(rewards) == 1:
        return f"pays {rewards[0]} every time"
    pairs = zip(rewards, chances, strict=True)
    return "pays " + ", ".join(f"{value} with probability {share}" for value, share in pairs)
