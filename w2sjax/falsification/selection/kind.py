"""Choices of a weak model as a kind of exact instance."""

from w2sjax.falsification.kind import Kind
from w2sjax.falsification.selection.checker import check_selection
from w2sjax.falsification.selection.deciding import decide_selection
from w2sjax.falsification.selection.page import page, words
from w2sjax.falsification.selection.selection import selection_from_json
from w2sjax.falsification.selection.small import small_selections
from w2sjax.falsification.selection.steps import cost, steps

KIND = Kind(
    read=selection_from_json,
    decide=decide_selection,
    check=check_selection,
    small=small_selections,
    steps=steps,
    cost=cost,
    page=page,
    words=words,
)
