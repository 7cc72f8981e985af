r"""The bounds of the expansion claims, evaluated at numbers estimated from a sample."""

from typing import Any

from w2sjax.arithmetic.doubles import DOUBLES
from w2sjax.auditing.expansion.results import Bound
from w2sjax.claims.expansion.coverage_good_side import CLAIM as COVERAGE
from w2sjax.claims.expansion.pseudolabel_correction_tight import CLAIM as CORRECTION
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan

CERTAIN = "the teacher is right everywhere"
WRONG = "the teacher is wrong on half of the points or more"
DISAGREES = "the student agrees with the teacher and is robust too rarely"
FREE = "no student's set has more than q"
STUCK = "some student's set reaches nothing (c = 0)"
NOWHERE = "the teacher is right nowhere"


def correction(
    constant: float | None,
    q: float,
    *,
    alpha: float,
    disagreement: float,
    fragile: float,
    left: float,
) -> Bound:
    r"""Theorem B.1 of Lang et al. (2024), arXiv:2405.16043: the error where the teacher labels.

    If $0 < \alpha < 1/2$ and `left` $= 1 - \alpha - P(f \ne \tilde y$ or f not robust$) \ge q$. Any smaller c
    serves too, and c = 0 is better if $d + \alpha \ge 1 - \rho$. Otherwise $1 - 2c'\alpha > 0$: for b = $P(f
    = y|S^{bad})$, $c \ge (1 - \alpha) / \alpha$ would give $1 - e - \rho \le 2 \alpha b \le d + \alpha - e$
    by the theorem's steps (derived).
    """
    if alpha == 0:
        return Bound(None, CERTAIN)
    if not alpha < 0.5:
        return Bound(None, WRONG)
    if left < q:
        return Bound(None, DISAGREES)
    if constant is None:
        return Bound(None, FREE)
    useless = (
        disagreement + alpha >= 1 - fragile or constant * alpha >= 1 - alpha
    )  # by rounding alone
    return _right_side(CORRECTION, 0.0 if useless else constant, q, alpha, disagreement, fragile)


def spread(
    constant: float | None, q: float, *, alpha: float, disagreement: float, fragile: float
) -> Bound:
    r"""Theorem B.3 of Lang et al. (2024), and `hard_error`: the error where it does not label.

    Where no set has more than q every c serves.
    """
    if alpha == 1:
        return Bound(None, NOWHERE)
    if constant == 0:
        return Bound(None, STUCK)
    c = float("inf") if constant is None else constant
    return _right_side(COVERAGE, c, q, alpha, disagreement, fragile)


def _right_side(
    claim: Claim, c: float, q: float, alpha: float, disagreement: float, fragile: float
) -> Bound:
    known = {"disagrees": disagreement, "fragile": fragile, "mistaught": alpha, "c": c, "q": q}

    def quantity(data: Any) -> float:
        return known[data[1] if data[0] == "P" else data[0]]

    (value,) = plan((claim.comparisons[0].upper,)).values(DOUBLES, quantity)
    return Bound(value, "")
