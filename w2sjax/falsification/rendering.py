"""A counterexample on one page of Markdown, for a person to check by hand."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.problem import Problem
from w2sjax.falsification.statements import Statement
from w2sjax.falsification.world import World
from w2sjax.falsification.world_quantities import ABSTAINING

WORDS = {
    "weak_error": "d(f_w, f*)",
    "student_error": "d(f, f*)",
    "misfit": "d(f, f_w)",
    "product": "<f_w - f, f - f*>",
    "gap": "γ(f)",
    "root_misfit_error": "√(d(f, f_w) d(f, f*))",
    "excess": "κ",
    "epsilon": "ε",
    "root_epsilon_weak": "√(ε d(f_w, f*))",
    "root_epsilon_misfit": "√(ε d(f, f_w))",
    "weak_roots": "√d(f_w, f*) (√κ + √ε)",
    "roots_squared": "(√κ + √ε)²",
    "apart": "d(u, v)",
    "outside": "d(g, V)",
    "weak_between": "d(f, h)",
    "between_target": "d(h, g)",
    "root_weak_target": "√d(f, g)",
    "root_weak_between": "√d(f, h)",
    "root_between_target": "√d(h, g)",
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
}
STUDENTS = {
    "projection": "f is the exact projection of f_w on V",
    "member": "f is the stated student",
    "nearer": "the class is {u, v}; f is the member that is nearer to f_w",
}


def formula(statement: Statement) -> str:
    """Write the statement as a formula."""
    relation = "=" if statement.identity else "≤"
    text = f"{_sum(statement.lhs)} {relation} {_sum(statement.rhs)}"
    return text.replace("| H", "| T").replace("ε₁", "α") if _silent(statement) else text


def _silent(statement: Statement) -> bool:
    """Whether the parts are those of Lang et al.: S where the teacher labels, T where it abstains."""
    return statement.claim in ABSTAINING


def _sum(terms: Mapping[str, Fraction]) -> str:
    parts = []
    for name, coefficient in terms.items():
        if coefficient == 0:
            continue
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
        sign = "-" if coefficient < 0 else "+" if parts else ""
        parts.append(f"{sign} {size}{WORDS.get(name, name)}".strip())
    return " ".join(parts) or "0"


def markdown(found: Counterexample) -> str:
    """Render the counterexample."""
    statement = found.statement
    lines = [f"# A counterexample: {statement.claim}", "", f"Claimed: {formula(statement)}"]
    if statement.dropped is not None:
        lines[-1] += f", without the hypothesis “{statement.dropped}”"
    relation = "≠" if statement.identity else ">"
    lines += ["", f"Here the sides are **{found.lhs} {relation} {found.rhs}**.", ""]
    if isinstance(found.instance, World):
        lines += _world(found.instance, "TS" if _silent(statement) else "HO")
    else:
        lines += _problem(found.instance, statement, found.students)
    lines += ["", "Checked in exact arithmetic by two independent programs:", "", "* both sides"]
    lines += [f"* {name}: {note}" for name, note in found.hypotheses.items()]
    if found.found:
        lines += ["", f"Found by: {found.found}."]
    return "\n".join(lines) + "\n"


def numbers(values: Any) -> str:
    """Write a vector."""
    return "(" + ", ".join(map(str, values)) + ")"


def _set(problem: Problem) -> str:
    parts = []
    for name, value in problem.parameters.items():
        rows = value if isinstance(value, list) else [value]
        flat = [numbers(v) if isinstance(v, list) else str(v) for v in rows]
        parts.append(f"{name} {', '.join(flat) or 'none'}")
    return problem.set + (f" with {'; '.join(parts)}" if parts else "")


def _problem(problem: Problem, statement: Statement, students) -> list[str]:
    lines = ["| point | mass | features | f_w | f* |", "| --- | --- | --- | --- | --- |"]
    target = problem.target()
    for i in range(problem.size):
        features = "its own value" if problem.features is None else numbers(problem.features[i])
        lines.append(
            f"| {i + 1} | {problem.masses[i]} | {features} | {problem.weak[i]} | {target[i]} |"
        )
    lines += ["", f"The set of coefficients is {_set(problem)}. {STUDENTS[statement.student]}."]
    used = set(statement.members) | ({"student"} if statement.student == "member" else set())
    named = {"truth": "u", "other": "v"} if statement.student == "nearer" else {}
    for name in ("truth", "other", "student"):
        if name in used:
            values = problem.values(getattr(problem, name), getattr(problem, f"{name}_intercept"))
            label = named.get(name, name)
            lines.append(
                f"Coefficients of {label}: {numbers(getattr(problem, name))}, values {numbers(values)}."
            )
    if "outside" in statement.quantities() or "weak_between" in statement.quantities():
        lines.append(f"Share of the first member in the combination: {problem.mixture}.")
    for name, (theta, constant) in students.items():
        values = problem.values(theta, constant)
        if max(value.denominator for value in values) > 10**9:
            lines.append(f"Projection of {name}: about {[float(v) for v in values]}.")
        else:
            lines.append(f"Projection of {name}: values {numbers(values)}.")
    return lines


def _world(world: World, parts: str) -> list[str]:
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
    return [*lines, "", f"q = {world.q}; constants are computed from the family."]
