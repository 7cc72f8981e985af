"""The claims with probability as data: what a sample has to satisfy, but for a probability delta."""

from w2sjax.falsification.statement import Statement, Terms, coefficients

IID, FIRST, BOUNDED = "i.i.d. sample", "weak model first", "boundedness"


def _sampled(claim: str, lhs: str, rhs: Terms) -> Statement:
    return Statement(
        claim,
        "sampling",
        coefficients(lhs),
        rhs,
        hypotheses=(IID, FIRST, BOUNDED),
        sets=("l2_ball",),
    )


_ALL = (
    _sampled(
        "uniform_misfit", "largest_difference", coefficients(complexity=8, confidence_two=4)
    ),
    _sampled("sampled_gap", "gap", coefficients(complexity=4, confidence_one=5)),
    _sampled(
        "sampled_gain",
        "student_error",
        coefficients("weak_error", misfit=-1, excess=1, epsilon=1, root_epsilon_weak=2,
                     weak_roots=2, roots_squared=1),
    ),
    _sampled(
        "sampled_sharpened_gain",
        "student_error",
        coefficients("weak_error", misfit=-1, complexity=8, confidence_one=10,
                     root_epsilon_misfit=2),
    ),
)  # fmt: skip
STATEMENTS = {statement.claim: statement for statement in _ALL}

TWINS = {
    "uniform_misfit": STATEMENTS["uniform_misfit"].changed(
        rhs={"complexity": 0, "confidence_two": 0, "fast_complexity": 8, "fast_confidence_two": 4}
    ),
    "sampled_gap": STATEMENTS["sampled_gap"].changed(
        rhs={"complexity": 0, "confidence_one": 0, "fast_complexity": 4, "fast_confidence_one": 5}
    ),
    # Without kappa, what is left of its products with the root of epsilon.
    "sampled_gain": STATEMENTS["sampled_gain"].changed(
        rhs={"excess": 0, "weak_roots": 0, "roots_squared": 0, "epsilon": 2, "root_epsilon_weak": 4}
    ),
    "sampled_sharpened_gain": STATEMENTS["sampled_sharpened_gain"].changed(
        rhs={"complexity": 0, "confidence_one": 0}
    ),
}
