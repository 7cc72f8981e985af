r"""Bregman geometry: students that learn from a weak model in another loss than the squared one.

The symbols and assumptions that claims are written in. Functions map points to vectors, such as
probabilities of classes; $D(f, g)$ is the mean of a Bregman divergence, which is part of the instance. $V$ is
the class: convex (the hull of named predictors), with convex gradients, or log-linear.
"""

from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.evaluation import quantities
from w2sjax.language.printing import SUM, Style
from w2sjax.language.terms import UNKNOWN, Term, quantity
from w2sjax.settings.bregman.instance import points as points
from w2sjax.settings.setting import Setting

CONVEX = Assumption("convexity", "V is closed and convex: the hull of the predictors")
DUAL_CONVEX = Assumption("dual convexity", "the gradients of V are closed and convex")
LOG_LINEAR = Assumption("log-linearity", "V is all softmax-linear heads over the features; D is KL")
REALIZABLE = Assumption("realizability", "the target lies in V")
EXACT = Assumption("exactness", "the student is the minimiser, not any member of V")
STUDENT_FIRST = Assumption("student first", "the student v minimises D(v, f_w), not D(f_w, v)")
WEAK_FIRST = Assumption("weak model first", "the student v minimises D(f_w, v), not D(v, f_w)")
MEMBER = Assumption("any student", "the student is any member of V")
RELATIVE_ENTROPY = Assumption("relative entropy", "D is KL, of probabilities of classes")
ONE_TARGET = Assumption("one target", "the target is the same for all weak models")
MATCHED = Assumption(
    "matched", "the gradient at the student is the mean of those at the weak models"
)
ASSUMPTIONS = (
    CONVEX, DUAL_CONVEX, LOG_LINEAR, REALIZABLE, EXACT, STUDENT_FIRST, WEAK_FIRST, MEMBER,
    RELATIVE_ENTROPY, ONE_TARGET, MATCHED,
)  # fmt: skip

LETTERS = {
    "weak": ("f_w", "f_w"),
    "target": ("f^*", "f*"),
    "student": ("v", "v"),
    "combination": ("v_k", "v_k"),
    "hull": (r"v_\infty", "v_∞"),
}
NUMBERS = {"k": ("k", "k"), "c": ("c", "c"), "least": (r"\nu", "ν")}
HEADS = {"D": 2, "gap": 1, "pull": 3, "defect": 0, "slip": 0, **dict.fromkeys(NUMBERS, 0)}
SIGNED = ("pull", "defect")
weak, target, student, combination, hull = LETTERS
k, c, least = map(quantity, NUMBERS)
defect = quantity("defect")
slip = quantity("slip")  # the gap of a computed student, for an allowance

SETTING = BREGMAN = Setting("bregman")


def D(first: str, second: str) -> Term:
    r"""Mean divergence $D(f, g) = \mathbb{E} D_\varphi(f, g)$."""
    return quantity("D", first, second)


def gap(one: str) -> Term:
    r"""Certificate $\sup_{u \in V} \langle \nabla\varphi(f_w) - \nabla\varphi(v), u - v \rangle$."""
    return quantity("gap", one)


def pull(first: str, second: str, to: str) -> Term:
    r"""Product $\langle \nabla\varphi(f) - \nabla\varphi(g), u - f \rangle$, as a mean."""
    return quantity("pull", first, second, to)


def check(claim: Claim) -> None:
    """Refuse a claim that makes no sense here.

    Raises:
        ValueError: saying why.
    """
    known = {one.name for one in ASSUMPTIONS}
    for one in claim.assumptions:
        if one.formula is None and one.name not in known:
            raise ValueError(
                f"assumptions: {one.name!r} is none of Bregman geometry, and no formula"
            )
    twins = claim.false_twin if isinstance(claim.false_twin, tuple) else (claim.false_twin,)
    stated = [side for one in twins if one is not None for side in (one.lhs, one.rhs)]
    for head, *functions in quantities([*claim.terms, *stated]):
        if head != UNKNOWN and HEADS.get(head) != len(functions):
            raise ValueError(f"{head}: this is no quantity of Bregman geometry")
        if head != UNKNOWN and not set(functions) <= set(LETTERS):
            raise ValueError(f"{head}: there is no function among {functions} but {list(LETTERS)}")


def written(data: Any, style: Style, *arguments: str) -> Any:
    """Write a quantity."""
    del arguments
    head, *functions = data
    if head == UNKNOWN:
        return functions[0]
    if head in NUMBERS:
        return style.choose(*NUMBERS[head])
    letters = [style.choose(*LETTERS[one]) for one in functions]
    match head:
        case "pull":
            shape = style.choose(
                r"\langle \nabla\varphi({}) - \nabla\varphi({}), {} - {} \rangle",
                "⟨∇φ({}) - ∇φ({}), {} - {}⟩",
            )
            return shape.format(*letters, letters[0])
        case "defect":
            return style.choose(
                r"\langle \nabla L(\Theta_v), \Theta_{f^*} - \Theta_v \rangle",
                "⟨∇L(Θ_v), Θ_f* - Θ_v⟩",
            )
    names = {"D": ("D", "D"), "gap": (r"\gamma", "γ"), "slip": ("slip", "slip")}
    return style.call(*names[head], [(one, SUM) for one in letters])
