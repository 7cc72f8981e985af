r"""The bounds of the expansion claims for numbers estimated from a sample."""

from w2sjax.auditing.expansion.results import Bound

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

    $[d + \alpha - 2c'\alpha(1 - \rho)] / (1 - 2c'\alpha)$ with $c' = c / (1 - \alpha + c\alpha)$, if $0 <
    \alpha < 1/2$ and `left` $= 1 - \alpha - P(f \ne \tilde y$ or f not robust$) \ge q$. Any smaller c
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
    if disagreement + alpha >= 1 - fragile:
        return Bound(disagreement + alpha, "")
    kept = 1 - alpha
    denominator = kept - constant * alpha
    if denominator <= 0:  # by rounding alone
        return Bound(disagreement + alpha, "")
    numerator = (disagreement + alpha) * (kept + constant * alpha) - 2 * constant * alpha * (
        1 - fragile
    )
    return Bound(numerator / denominator, "")


def spread(
    constant: float | None, q: float, *, alpha: float, disagreement: float, fragile: float
) -> Bound:
    r"""Theorem B.3 of Lang et al. (2024), and `hard_error`: the error where it does not label.

    $\max(q, d / (c (1 - \alpha))) + \rho$; $q + \rho$ where no set has more than q.
    """
    if alpha == 1:
        return Bound(None, NOWHERE)
    if constant is None:
        return Bound(q + fragile, "")
    if constant == 0:
        return Bound(None, STUCK)
    return Bound(max(q, disagreement / (constant * (1 - alpha))) + fragile, "")
