"""A projection problem as lines of Markdown, and its quantities in words."""

import re
from typing import Any

from w2sjax.falsification.expressions import is_expression
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.rationals import numbers
from w2sjax.falsification.statement import Statement

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
}
FUNCTIONS = {
    "weak": "f_w",
    "target": "f*",
    "student": "f",
    "projection": "f_sw",
    "best": "f_s",
    "member": "u",
    "other": "v",
    "combination": "h",
    "mixed": "g",
}
STUDENTS = {
    "projection": "f is the exact projection of f_w on V",
    "member": "f is the stated student",
    "nearer": "the class is {u, v}; f is the member that is nearer to f_w",
}


def _set(problem: Problem) -> str:
    parts = []
    for name, value in problem.parameters.items():
        rows = value if isinstance(value, list) else [value]
        flat = [numbers(v) if isinstance(v, list) else str(v) for v in rows]
        parts.append(f"{name} {', '.join(flat) or 'none'}")
    return problem.set + (f" with {'; '.join(parts)}" if parts else "")


def page(problem: Problem, statement: Statement, students: dict[str, Any]) -> list[str]:
    """Give the instance as a table and sentences."""
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
    text = " ".join(statement.quantities())
    if any(part in text for part in ("outside", "between", "combination", "mixed")):
        lines.append(f"Share of the first member in the combination: {problem.mixture}.")
    if "epsilon" in text:
        lines.append("ε = d(f_s, f*) for the projection f_s of the target.")
    for name, (theta, constant) in students.items():
        values = problem.values(theta, constant)
        if max(value.denominator for value in values) > 10**9:
            lines.append(f"Projection of {name}: about {[float(v) for v in values]}.")
        else:
            lines.append(f"Projection of {name}: values {numbers(values)}.")
    return lines


def words(statement: Statement) -> dict[str, str]:
    """Name the quantities as in the papers."""
    return WORDS | {
        name: _expression(name) for name in statement.quantities() if is_expression(name)
    }


def _expression(text: str) -> str:
    """Write a product or root as in the papers."""

    def word(match: re.Match[str]) -> str:
        if match.group(1):
            return f"d({FUNCTIONS[match.group(1)]}, {FUNCTIONS[match.group(2)]})"
        return "√" if match.group() == "root" else WORDS.get(match.group(), match.group())

    shown = re.sub(r"d\(([a-z]+),([a-z]+)\)|[a-z_]+", word, text)
    return shown.replace("*", " ").replace("^2", "²").replace("^3", "³")
