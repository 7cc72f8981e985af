"""A finite world as lines of Markdown, and its quantities in words."""

from typing import Any

from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.names import ABSTAINING
from w2sjax.falsification.worlds.world import World

WORDS = {
    "hard_error": "P(f ≠ y | H)",
    "overlap_error": "P(f ≠ y | S)",
    "hard_fragile": "P(R(f)ᶜ | H)",
    "hard_disagreement": "P(f ≠ f_weak | H)",
    "teacher_error": "P(f_weak ≠ y | H)",
    "core_spread": "max(q, P(f ≠ y | O) / c)",
    "good_spread": "max(q, dis / ((1 - ε₁) c))",
    "unconditioned_spread": "max(q, dis / c)",
    "paid": "ε₂ c a",
    "corrected_base": "(P(f ≠ ỹ | S) + α) / (1 - 2c'α)",
    "corrected_paid": "c'α P(R(f) | S) / (1 - 2c'α)",
    "overlap_disagreement": "P(f ≠ ỹ | S)",
    "wrong_labels": "α",
    "repaired": "cα",
    "odds_fragile": "α P(R(f)ᶜ | S) / (1 - 2α)",
    "odds_hard_fragile": "α P(R(f)ᶜ | H) / (1 - 2α)",
    "two_sided_spread": "max(q, (P(f ≠ ỹ | S) - cα) / (c(1 - 2α)))",
}


def page(world: World, statement: Statement, students: dict[str, Any]) -> list[str]:
    """Give the world as a table."""
    del students
    parts = "TS" if statement.claim in ABSTAINING else "HO"
    titles = ["point", "mass", "part", "y", "teacher", "f"]
    titles += [f"g{i}" for i in range(1, len(world.classifiers))] + ["neighbours"]
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    for x in range(world.size):
        near = [str(y + 1) for y in range(world.size) if world.neighbours[x][y]]
        labels = [row[x] for row in world.classifiers]
        teacher = "abstains" if world.teacher[x] < 0 else world.teacher[x]
        part = parts[0 if world.hard[x] else 1]
        cells = [x + 1, world.masses[x], part, world.truth[x], teacher, *labels]
        lines.append("| " + " | ".join(map(str, [*cells, ", ".join(near) or "none"])) + " |")
    last = "constants are computed from the family." if world.c is None else f"c = {world.c}."
    return [*lines, "", f"q = {world.q}; {last}"]


def words(statement: Statement) -> dict[str, str]:
    """Name the quantities as in the papers: Lang et al. call the parts S and T."""
    if statement.claim not in ABSTAINING:
        return WORDS
    return {k: v.replace("| H", "| T").replace("ε₁", "α") for k, v in WORDS.items()}
