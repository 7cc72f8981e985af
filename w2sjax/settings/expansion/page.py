"""A finite world as lines of Markdown."""

from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.expansion import is_abstaining
from w2sjax.settings.expansion.instance import Instance
from w2sjax.settings.tables import table


def page(world: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the world as a table."""
    parts = "TS" if is_abstaining(claim) else "HO"
    titles = ["point", "mass", "part", "y", "teacher", "f"]
    titles += [f"g{i}" for i in range(1, len(world.classifiers))] + ["neighbours"]
    rows = []
    for x in range(world.size):
        near = [str(y + 1) for y in range(world.size) if world.neighbours[x][y]]
        labels = [row[x] for row in world.classifiers]
        teacher = "abstains" if world.teacher[x] < 0 else world.teacher[x]
        part = parts[0 if world.hard[x] else 1]
        cells = [x + 1, world.masses[x], part, world.truth[x], teacher, *labels]
        rows.append([*cells, ", ".join(near) or "none"])
    last = "c is the largest that is allowed." if world.c is None else f"c = {world.c}."
    return [*table(titles, rows), "", f"q = {world.q}; {last}"]
