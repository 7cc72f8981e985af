"""Projection problems as a kind of exact instance."""

from w2sjax.falsification.kind import Kind
from w2sjax.falsification.projection.checker import check_problem
from w2sjax.falsification.projection.deciding import decide_problem
from w2sjax.falsification.projection.page import page, words
from w2sjax.falsification.projection.problem import problem_from_json
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.projection.steps import cost, rounded, steps

KIND = Kind(
    read=problem_from_json,
    decide=decide_problem,
    check=check_problem,
    small=small_problems,
    rounded=rounded,
    steps=steps,
    cost=cost,
    page=page,
    words=words,
)
