"""A counterexample on one page of Markdown, for a person to check by hand."""

from collections.abc import Mapping
from fractions import Fraction

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.statement import Statement


def formula(statement: Statement) -> str:
    """Write the statement as a formula."""
    relation = "=" if statement.identity else "≤"
    words = KINDS[statement.domain].words(statement)
    return f"{_sum(statement.lhs, words)} {relation} {_sum(statement.rhs, words)}"


def _sum(terms: Mapping[str, Fraction], words: Mapping[str, str]) -> str:
    parts = []
    for name, coefficient in terms.items():
        if coefficient == 0:
            continue
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
        sign = "-" if coefficient < 0 else "+" if parts else ""
        parts.append(f"{sign} {size}{words.get(name, name)}".strip())
    return " ".join(parts) or "0"


def markdown(found: Counterexample) -> str:
    """Render the counterexample."""
    statement = found.statement
    lines = [f"# A counterexample: {statement.claim}", "", f"Claimed: {formula(statement)}"]
    if statement.dropped is not None:
        lines[-1] += f", without the hypothesis “{statement.dropped}”"
    relation = "≠" if statement.identity else ">"
    lines += ["", f"Here the sides are **{found.lhs} {relation} {found.rhs}**.", ""]
    kind = KINDS[statement.domain]
    lines += kind.page(found.instance, statement, found.students)
    lines += ["", "Checked in exact arithmetic by two independent programs:", "", "* both sides"]
    lines += [f"* {name}: {note}" for name, note in found.hypotheses.items()]
    if found.found:
        lines += ["", f"Found by: {found.found}."]
    return "\n".join(lines) + "\n"
