"""The expansion claims as data."""

from fractions import Fraction

from w2sjax.falsification.statement import Statement, Terms, coefficients
from w2sjax.falsification.worlds.names import MODERATE


def _expansion(claim: str, lhs: str, rhs: Terms, *more: str) -> Statement:
    hypotheses = ("expansion", "membership", "one label", "symmetry", "direction", *more)
    return Statement(claim, "expansion", coefficients(lhs), rhs, hypotheses=hypotheses, sets=())


_ALL = (
    _expansion("expansion_core", "hard_error", coefficients("core_spread", "hard_fragile")),
    _expansion("hard_error", "hard_error", coefficients("good_spread", "hard_fragile")),
    _expansion(
        "hard_error_payback",
        "hard_error",
        coefficients("hard_disagreement", "teacher_error", paid=-2),
        "agreement",
    ),
    _expansion("coverage_good_side", "hard_error", coefficients("good_spread", "hard_fragile")),
    _expansion(
        "pseudolabel_correction_tight", "overlap_error", coefficients("corrected_base", corrected_paid=-2)
    ),
    _expansion(
        "pseudolabel_correction",
        "overlap_error",
        {
            **coefficients("overlap_disagreement", "wrong_labels", odds_fragile=2),
            "repaired": Fraction(-3, 2),
        },
        MODERATE,
    ),
    _expansion(
        "coverage_expansion",
        "hard_error",
        coefficients("hard_fragile", "odds_hard_fragile", "two_sided_spread"),
        MODERATE,
    ),
)  # fmt: skip
STATEMENTS = {statement.claim: statement for statement in _ALL}

TWINS = {
    "expansion_core": STATEMENTS["expansion_core"].changed(rhs={"hard_fragile": 0}),
    "hard_error": STATEMENTS["hard_error"].changed(
        rhs={"good_spread": 0, "unconditioned_spread": 1}
    ),
    "hard_error_payback": STATEMENTS["hard_error_payback"].changed(rhs={"paid": -3}),
    "coverage_good_side": STATEMENTS["coverage_good_side"].changed(
        rhs={"good_spread": 0, "unconditioned_spread": 1}
    ),
    "pseudolabel_correction_tight": STATEMENTS["pseudolabel_correction_tight"].changed(
        rhs={"corrected_paid": -3}
    ),
    "pseudolabel_correction": STATEMENTS["pseudolabel_correction"].changed(rhs={"repaired": -2}),
    "coverage_expansion": STATEMENTS["coverage_expansion"].changed(
        rhs={"hard_fragile": 0, "odds_hard_fragile": 0}
    ),
}
