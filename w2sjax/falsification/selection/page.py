"""A choice among weak models as lines of Markdown, and its quantities in words."""

from typing import Any

from w2sjax.falsification.projection.page import page as problem_page
from w2sjax.falsification.rationals import numbers
from w2sjax.falsification.selection.selection import Selection
from w2sjax.falsification.statement import Statement

WORDS = {
    "off_bracket": "max_j max(L_j - d(f_j, f*), d(f_j, f*) - U_j)",
    "off_realizable": "max_j max(L_j - d(f_j, f*), d(f_j, f*) - d(f_w,j, f*) + d(f_j, f_w,j))",
    "regret": "d(f_j*, f*) - min_j d(f_j, f*)",
    "open": "max(0, U_j* - min_{j ≠ j*} L_j)",
}


def page(selection: Selection, statement: Statement, students: dict[str, Any]) -> list[str]:
    """Give the problem of the first weak model, and the values of the others."""
    lines = problem_page(selection.problem, statement, students)
    for j, weak in enumerate(selection.others):
        lines.append(f"Values of weak model {j + 2}: {numbers(weak)}.")
    if selection.count > 1:
        lines.append("f_w is the first of them; f_j is the projection of the j-th.")
    return lines


def words(statement: Statement) -> dict[str, str]:
    """Name the quantities as in the claims."""
    del statement
    return WORDS
