"""A choice among weak models as lines of Markdown."""

from typing import Any

from w2sjax.arithmetic.rationals import numbers
from w2sjax.language.claims import Claim
from w2sjax.settings.projection import page as projection
from w2sjax.settings.selection import of_one
from w2sjax.settings.selection.instance import Selection


def page(selection: Selection, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the problem of the first weak model, and the values of the others."""
    lines = projection.page(selection.problem, of_one(claim), evidence["models"][0])
    for j, weak in enumerate(selection.others):
        lines.append(f"Values of weak model {j + 2}: {numbers(weak)}.")
    if selection.count > 1:
        lines.append("f_w is the first of them; f_sw,j is the projection of the j-th.")
    return lines
