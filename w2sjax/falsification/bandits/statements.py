"""The claims on the regret as data: in expectation, and with probability."""

from w2sjax.falsification.statement import Statement, coefficients

_HYPOTHESES = ("independence", "boundedness")

STATEMENTS = {
    "bandit_regret": Statement(
        "bandit_regret",
        "bandits",
        coefficients("regret"),
        coefficients("exploration", "tries", "unlucky"),
        hypotheses=_HYPOTHESES,
        sets=(),
    ),
    "bandit_regret_probable": Statement(
        "bandit_regret_probable",
        "bandits",
        coefficients("short"),
        coefficients("delta"),
        hypotheses=_HYPOTHESES,
        sets=(),
    ),
}

TWINS = {
    # All rounds together lose no more than one point.
    "bandit_regret": STATEMENTS["bandit_regret"].changed(
        rhs={"exploration": 0, "tries": 0, "unlucky": 0, "point": 1}
    ),
    # Only chance costs anything.
    "bandit_regret_probable": STATEMENTS["bandit_regret_probable"].changed(
        lhs={"short": 0, "short_of_chance": 1}
    ),
}
