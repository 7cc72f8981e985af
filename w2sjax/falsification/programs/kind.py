"""Instances of users' own claims as a kind of exact instance."""

from w2sjax.falsification.kind import Kind
from w2sjax.falsification.programs.case import case_from_json
from w2sjax.falsification.programs.checker import check_case, lacking
from w2sjax.falsification.programs.deciding import decide_case
from w2sjax.falsification.programs.page import page, words
from w2sjax.falsification.programs.steps import cost, rounded, small_cases, steps, walks

KIND = Kind(
    read=case_from_json,
    decide=decide_case,
    check=lambda statement, case, students: check_case(statement, case),
    small=lambda statement, kind, parameters, seed: small_cases(statement, seed),
    rounded=rounded,
    steps=steps,
    cost=cost,
    page=page,
    words=words,
    walks=walks,
    lacking=lacking,
)
