"""False statements, each a little more than a true one: what a search must refute.

Constants of tight claims are moved by one part in a hundred, signs flipped, terms or hypotheses left
out, roles exchanged, rates made too fast. A name, the statement, and where to search.
"""

import dataclasses
import itertools
from fractions import Fraction
from typing import Any

from w2sjax.falsification.decision import PRECISIONS
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.statements import STATEMENTS, TWINS


def _without(claim: str, hypothesis: str) -> Statement:
    return STATEMENTS[claim].without(hypothesis)


def _changed(claim: str, *, lhs=None, rhs=None) -> Statement:
    return STATEMENTS[claim].changed(lhs=lhs, rhs=rhs)


def _only(claim: str, lhs: dict[str, int], rhs: dict[str, int]) -> Statement:
    sides = [{name: Fraction(value) for name, value in side.items()} for side in (lhs, rhs)]
    return dataclasses.replace(STATEMENTS[claim], lhs=sides[0], rhs=sides[1])


# Over a subspace the gap of a member that is not the projection is infinite.
_BOUNDED = ("inexact_gain",)
TWIN_STATEMENTS = [
    (f"twin: {name}", twin, "l2_ball" if name in _BOUNDED else None) for name, twin in TWINS.items()
]

CONSTANTS = [
    ("gain is 1.01 misfit", _changed("misfit_gain", rhs={"misfit": "-1.01"}), None),
    ("student error 1.01", _changed("misfit_gain", lhs={"student_error": "1.01"}), None),
    ("weak error 0.99", _changed("misfit_gain", rhs={"weak_error": "0.99"}), None),
    ("identity with 2.01 products", _changed("gain_identity", rhs={"product": "2.01"}), None),
    ("identity with 1.01 misfit", _changed("gain_identity", rhs={"misfit": "1.01"}), None),
    ("Pythagoras with 1.01", _changed("pythagorean_identity", rhs={"misfit": "1.01"}), None),
    ("ceiling with 1.99", _changed("gain_ceiling", rhs={"root_misfit_error": "1.99"}), None),
    ("ceiling with 0.99 misfit", _changed("gain_ceiling", rhs={"misfit": "0.99"}), None),
    ("inexact with 1.99 gaps", _changed("inexact_gain", rhs={"gap": "1.99"}), "l2_ball"),
    ("inexact with 1.01 misfit", _changed("inexact_gain", rhs={"misfit": "-1.01"}), None),
    ("core with 1.01 misfit", _changed("nonrealizable_gain", rhs={"misfit": "-1.01"}), None),
    ("core with 0.99 weak error", _changed("nonrealizable_gain", rhs={"weak_error": "0.99"}), None),
    ("sharpened with 1.99", _changed("sharpened_gain", rhs={"root_epsilon_misfit": "1.99"}), None),
    ("sharpened with 1.99 gaps", _changed("sharpened_gain", rhs={"gap": "1.99"}), "l2_ball"),
    ("metric with 0.99", _changed("root_distance_metric", rhs={"root_weak_between": "0.99"}), None),
    ("convexity with 1.01", _changed("convex_values", lhs={"apart": "1.01"}), None),
    ("core lemma with 0.99", _changed("expansion_core", rhs={"core_spread": "0.99"}), None),
    ("core lemma, 0.99 fragile", _changed("expansion_core", rhs={"hard_fragile": "0.99"}), None),
    ("hard error with 0.99", _changed("hard_error", rhs={"good_spread": "0.99"}), None),
    ("payback with 2.01", _changed("hard_error_payback", rhs={"paid": "-2.01"}), None),
    ("payback, 0.99 teacher", _changed("hard_error_payback", rhs={"teacher_error": "0.99"}), None),
    ("coverage with 0.99", _changed("coverage_good_side", rhs={"good_spread": "0.99"}), None),
    ("B.1 with 2.01", _changed("pseudolabel_correction_tight", rhs={"corrected_paid": "-2.01"}), None),
    ("B.1 with 0.99", _changed("pseudolabel_correction_tight", rhs={"corrected_base": "0.99"}), None),
    ("4.1 with 1.51", _changed("pseudolabel_correction", rhs={"repaired": "-1.51"}), None),
    ("4.2 with 0.99", _changed("coverage_expansion", rhs={"two_sided_spread": "0.99"}), None),
]  # fmt: skip

SIGNS = [
    ("Theorem 1 reversed",
     _only("misfit_gain", {"weak_error": 1, "misfit": -1}, {"student_error": 1}), "l2_ball"),
    ("the misfit is at least the gain",
     _only("misfit_gain", {"weak_error": 1}, {"misfit": 1, "student_error": 1}), "l2_ball"),
    ("identity with a minus", _changed("gain_identity", rhs={"product": -2}), None),
    ("Pythagoras with a minus", _changed("pythagorean_identity", rhs={"student_error": -1}), None),
    ("inexact, gap subtracted", _changed("inexact_gain", rhs={"gap": -2}), "l2_ball"),
    ("sharpened, gap subtracted", _changed("sharpened_gain", rhs={"gap": -2}), "l2_ball"),
    ("ceiling as a floor",
     _only("gain_ceiling", {"misfit": 1, "student_error": 1, "root_misfit_error": 2},
           {"weak_error": 1}), None),
    ("payback earned", _changed("hard_error_payback", rhs={"hard_disagreement": -1}), None),
]  # fmt: skip

OMISSIONS = [
    ("inexact without the gap", _changed("inexact_gain", rhs={"gap": 0}), None),
    ("sharpened without the gap", _changed("sharpened_gain", rhs={"gap": 0}), None),
    ("core lemma without q and c", _changed("expansion_core", rhs={"core_spread": 0}), None),
    ("students never err more than their misfit",
     _only("misfit_gain", {"student_error": 1}, {"misfit": 1}), None),
    ("the teacher errs as the student does",
     _only("hard_error", {"hard_error": 1}, {"teacher_error": 1}), None),
    ("disagreement alone",
     _only("hard_error_payback", {"hard_error": 1}, {"hard_disagreement": 1}), None),
    ("a rate too fast: epsilon for its root",
     _changed("sharpened_gain", rhs={"root_epsilon_misfit": 0, "epsilon": 2}), None),
    ("a rate too fast: only kappa and epsilon",
     _changed("nonrealizable_gain", rhs={"root_epsilon_weak": 0, "weak_roots": 0, "roots_squared": 0}), None),
    ("identity on a ball", dataclasses.replace(STATEMENTS["pythagorean_identity"], sets=None), "l2_ball"),
]  # fmt: skip

PROBABLE = [
    ("uniform misfit with half the confidence alone",
     _changed("uniform_misfit", rhs={"complexity": 0, "confidence_two": 2}), None),
    ("uniform misfit for one side alone",
     _changed("uniform_misfit", rhs={"complexity": 0, "confidence_two": 0, "confidence_one": 2}), None),
    ("uniform misfit, one part too fast",
     _changed("uniform_misfit", rhs={"complexity": 0, "fast_complexity": 8, "confidence_two": 1}), None),
    ("a sample is the population",
     _changed("uniform_misfit", rhs={"complexity": 0, "confidence_two": 0}), None),
    ("sampled gap with a fifth of the confidence alone",
     _changed("sampled_gap", rhs={"complexity": 0, "confidence_one": 1}), None),
    ("sampled gap, both sides as a floor",
     _only("sampled_gap", {"complexity": 4, "confidence_one": 5}, {"gap": 1}), None),
    ("sampled gain with a fast term for kappa",
     _changed("sampled_gain", rhs={"excess": 0, "weak_roots": 0, "roots_squared": 0, "epsilon": 2,
                                   "root_epsilon_weak": 4, "fast_complexity": 1}), None),
    ("the weak model errs by its misfit at most",
     _only("sampled_gain", {"weak_error": 1}, {"misfit": 1}), None),
    ("sharpened sampled gain with half a deviation",
     _changed("sampled_sharpened_gain", rhs={"complexity": 0, "confidence_one": "1/2"}), None),
]  # fmt: skip

CHOOSING = [
    ("detection without the rates",
     _only("detection_concentration", {"far_unrated": 1}, {"delta": 1}), None),
    ("detection fails a third as often", _changed("detection_concentration", rhs={"delta": "1/3"}), None),
    ("exploring costs nothing", _changed("bandit_regret", rhs={"exploration": 0}), None),
    ("only chance costs, and twice as often",
     _only("bandit_regret_probable", {"short_of_chance": 1}, {"delta": 2}), None),
    ("the choice costs half of what is open", _changed("selection_regret", rhs={"open": "1/2"}), None),
]  # fmt: skip

DROPPED = [
    (f"{claim} without {hypothesis}", _without(claim, hypothesis), None)
    for claim, statement in STATEMENTS.items()
    for hypothesis in statement.hypotheses
    # These two are not used, and their statements stay true.
    if hypothesis not in ("symmetry", "any student")
]

FALSE_STATEMENTS = TWIN_STATEMENTS + CONSTANTS + SIGNS + OMISSIONS + PROBABLE + CHOOSING + DROPPED
ABOUT_BALLS = ("sampling",)  # kinds of instances whose claims are about a ball


def refute(
    statement: Statement, kind: str | None, budget: int, seed: int = 0
) -> tuple[Any, int] | None:
    """Search small exact instances over one set; returns the first that violates, and how many it took."""
    usual = "l2_ball" if statement.domain in ABOUT_BALLS else "subspace"
    stream = KINDS[statement.domain].small(statement, kind or usual, None, seed)
    for count, case in enumerate(itertools.islice(stream, budget), 1):
        if decide(statement, case, PRECISIONS[:1]).violated:
            return case, count
    return None
