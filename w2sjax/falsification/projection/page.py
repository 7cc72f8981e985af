"""A projection problem as lines of Markdown, and its quantities in words."""

import re
from typing import Any

from w2sjax.falsification.expressions import is_expression
from w2sjax.falsification.projection.distances import DISTANCES, FUNCTIONS, written
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.rationals import numbers
from w2sjax.falsification.statement import Statement

_WORDS = {name: written(*pair) for name, pair in DISTANCES.items()}
WORDS = {
    **_WORDS,
    "product": "<f_w - f, f - f*>",
    "gap": "γ(f)",
    "root_misfit_error": f"√({_WORDS['misfit']} {_WORDS['student_error']})",
    "excess": "κ",
    "epsilon": "ε",
    "root_epsilon_weak": f"√(ε {_WORDS['weak_error']})",
    "root_epsilon_misfit": f"√(ε {_WORDS['misfit']})",
    "weak_roots": f"√{_WORDS['weak_error']} (√κ + √ε)",
    "roots_squared": "(√κ + √ε)²",
    "root_weak_target": f"√{_WORDS['weak_error']}",
    "root_weak_between": f"√{_WORDS['weak_between']}",
    "root_between_target": f"√{_WORDS['between_target']}",
}
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
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
    realizable = "realizability" in statement.hypotheses
    letters = {"truth": "u = f*" if realizable else "u", "other": "v", "student": "f"}
    for name, letter in letters.items():
        if name in used:
            values = problem.values(getattr(problem, name), getattr(problem, f"{name}_intercept"))
            lines.append(
                f"Coefficients of {letter}: {numbers(getattr(problem, name))}, "
                f"values {numbers(values)}."
            )
    text = " ".join(statement.quantities())
    if any(part in text for part in ("outside", "between", "combination", "mixed")):
        lines.append(f"Share of the first member in the combination h: {problem.mixture}.")
    if any(part in text for part in ("outside", "mixed")):
        lines.append("g is the member of the class next to h.")
    if "epsilon" in text:
        lines.append("ε = d(f_s, f*) for the projection f_s of the target.")
    for name, (theta, constant) in students.items():
        letter = FUNCTIONS.get(name, name)
        values = problem.values(theta, constant)
        if max(value.denominator for value in values) > 10**9:
            lines.append(f"Projection of {letter}: about {[float(v) for v in values]}.")
        else:
            lines.append(f"Projection of {letter}: values {numbers(values)}.")
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
            return written(match.group(1), match.group(2))
        return "√" if match.group() == "root" else WORDS.get(match.group(), match.group())

    # Before the words are put in: f* has a star of its own.
    plain = re.sub(r"\^\d+", lambda power: power.group()[1:].translate(RAISED), text)
    plain = plain.replace("*", " ")
    return re.sub(r"d\(([a-z]+),([a-z]+)\)|[a-z_]+", word, plain)
