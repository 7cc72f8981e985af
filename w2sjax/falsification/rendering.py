"""A counterexample on one page of Markdown, for a person to check by hand."""

from collections.abc import Mapping
from fractions import Fraction

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.statements import STATEMENTS, is_of_the_registry


def formula(statement: Statement) -> str:
    """Write the statement as a formula."""
    relation = "=" if statement.identity else "≤"
    kind = KINDS[statement.domain]
    words = kind.words(statement)
    claimed = "with probability at least 1 - δ, " if kind.likely else ""
    return f"{claimed}{_sum(statement.lhs, words)} {relation} {_sum(statement.rhs, words)}"


def _sum(terms: Mapping[str, Fraction], words: Mapping[str, str]) -> str:
    parts = []
    for name, coefficient in terms.items():
        if coefficient == 0:
            continue
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
        sign = "-" if coefficient < 0 else "+" if parts else ""
        word = str(abs(coefficient)) if name == "1" else f"{size}{words.get(name, name)}"
        parts.append(f"{sign} {word}".strip())
    return " ".join(parts) or "0"


def variant(statement: Statement, *, twin: bool = False) -> str:
    """Say in brackets where a statement is not a claim of the registry, apart from a dropped hypothesis."""
    if twin:
        return " (the claim’s false twin)"
    if is_of_the_registry(statement):
        return ""
    return f" ({'a variant of the' if statement.claim in STATEMENTS else 'a user’s'} claim)"


def markdown(found: Counterexample, picture: str | None = None, *, twin: bool = False) -> str:
    """Render the counterexample; `picture` is the name of a file beside the page."""
    statement = found.statement
    title = f"# A counterexample: {statement.claim}{variant(statement, twin=twin)}"
    lines = [title, "", f"Claimed: {formula(statement)}"]
    if statement.dropped is not None:
        lines[-1] += f", without the hypothesis “{statement.dropped}”"
    kind = KINDS[statement.domain]
    relation = "≠" if statement.identity and not kind.likely else ">"
    here = "it fails with probability" if kind.likely else "the sides are"
    lines += ["", f"Here {here} **{found.lhs} {relation} {found.rhs}**.", ""]
    lines += kind.page(found.instance, statement, found.students)
    if picture is not None:
        lines += ["", f"![The counterexample]({picture})"]
    lines += ["", "Checked in exact arithmetic by two independent programs:", "", "* both sides"]
    lines += [f"* {name}: {note}" for name, note in found.hypotheses.items()]
    if found.found:
        lines += ["", f"Found by: {found.found}."]
    return "\n".join(lines) + "\n"


def short(side: str) -> str:
    """Shorten a side as the engine writes it, a rational number or a decimal with its error."""
    if len(side) <= 12:
        return side
    number = side.strip("[]").split(" ")[0]
    return f"{float(Fraction(number)):.4g}"
