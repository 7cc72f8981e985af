"""The claims on choosing a weak model as data; the largest of several excesses is at most 0."""

from w2sjax.falsification.statement import Statement, coefficients

_SETS = ("subspace", "l2_ball", "simplex")

STATEMENTS = {
    "error_bracket": Statement(
        "error_bracket", "selection", coefficients("off_bracket"), {}, sets=_SETS
    ),
    "selection_regret": Statement(
        "selection_regret", "selection", coefficients("regret"), coefficients("open"), sets=_SETS
    ),
}

TWINS = {
    # The target is taken for realizable.
    "error_bracket": STATEMENTS["error_bracket"].changed(
        lhs={"off_bracket": 0, "off_realizable": 1}
    ),
    # The heuristic always finds the best student.
    "selection_regret": STATEMENTS["selection_regret"].changed(rhs={"open": 0}),
}
