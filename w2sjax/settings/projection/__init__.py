r"""Projections on a class of functions in the squared loss: what a student learns from a weak teacher.

The symbols and assumptions that claims are written in. $V$ is the class; a function is a symbol or a linear
combination of symbols. Without an assumption on $V$ it is the two named members alone.
"""

import functools
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.evaluation import quantities
from w2sjax.language.printing import Style, Text, Writer
from w2sjax.language.terms import UNKNOWN, Term, quantity
from w2sjax.settings.projection.functions import LETTERS, Function, combination, parts_of
from w2sjax.settings.projection.problem import two_points as two_points
from w2sjax.settings.setting import Setting

SETTING = PROJECTION = Setting("projection", sets=True)

CONVEX = Assumption("convexity", "V is closed and convex")
AFFINE = Assumption("affinity", "V is an affine class: a subspace, with or without a free constant")
SUBSPACE = Assumption("linearity", "V is a subspace")
REALIZABLE = Assumption("realizability", "the target lies in V")
EXACT = Assumption("exactness", "the student is the exact projection of the weak model on V")
MEMBER = Assumption("any student", "the student is any member of V")

KINDS_OF_CLASS = (CONVEX.name, AFFINE.name, SUBSPACE.name)
_SETS = {AFFINE.name: ("subspace", "affine"), SUBSPACE.name: ("subspace",)}

weak, target, student, best, member, other, sampled, between = (
    Function(((name, Fraction(1)),))
    for name in ("weak", "target", "student", "best", "member", "other", "sampled", "between")
)

EXACT_HEADS = {"d": 2, "inner": 2, "gap": 1, "outside": 1}  # with how many functions each is of
FLOAT_HEADS = {"slip": 2, "off": 1, "radius": 1}
SIGNED = ("inner",)


def _of(head: str, *functions: Function) -> Term:
    for one in functions:
        if not isinstance(one, Function):
            raise TypeError(
                f"{head}: expected a function such as student, or a combination of some, got {one!r}"
            )
    return quantity(head, *(one.data for one in functions))


def d(f: Function, g: Function) -> Term:
    r"""Mean squared distance $d(f, g) = \mathbb{E}(f - g)^2$."""
    return _of("d", f, g)


def inner(f: Function, g: Function) -> Term:
    r"""Inner product $\langle f, g \rangle = \mathbb{E} f g$."""
    return _of("inner", f, g)


def gap(f: Function) -> Term:
    r"""Frank-Wolfe gap $\gamma(f) = \sup_{u \in V} \langle f_w - f, u - f \rangle$ for the weak model."""
    return _of("gap", f)


def outside(f: Function) -> Term:
    r"""Squared distance $d(f, V)$ of a function from the class."""
    return _of("outside", f)


def slip(f: Function, u: Function) -> Term:
    r"""Bound $\langle g - f, u - f \rangle$ for f, the computed projection of g; for an `allowance`."""
    return _of("slip", f, u)


def off(f: Function) -> Term:
    """Bound the distance of a computed projection from the class; for an `allowance`."""
    return _of("off", f)


def radius(f: Function) -> Term:
    """Bound the distance of a computed projection from the exact one; for an `allowance`."""
    return _of("radius", f)


def sets_of(claim: Claim) -> tuple[str, ...] | None:
    """Name the sets that a claim's assumptions leave; None for all."""
    return next((_SETS[a.name] for a in claim.assumptions if a.name in _SETS), None)


def check(claim: Claim) -> None:
    """Refuse a claim that makes no sense about projections.

    Raises:
        ValueError: saying why.
    """
    kinds = [name for name in KINDS_OF_CLASS if claim.assumes(name)]
    if len(kinds) > 1:
        raise ValueError(f"assumptions: one of {', '.join(kinds)} says what V is, not several")
    known = {*KINDS_OF_CLASS, REALIZABLE.name, EXACT.name, MEMBER.name}
    for one in claim.assumptions:
        if one.formula is None and one.name not in known:
            raise ValueError(f"assumptions: {one.name!r} is none of projections and has no formula")
    twins = claim.false_twin if isinstance(claim.false_twin, tuple) else (claim.false_twin,)
    stated = [side for one in twins if one is not None for side in (one.lhs, one.rhs)]
    used = quantities([*claim.terms, *stated])
    for data in used:
        _check_quantity(data, EXACT_HEADS)
    for data in quantities(() if claim.allowance is None else (claim.allowance,)):
        _check_quantity(data, EXACT_HEADS | FLOAT_HEADS)
    if any(data[0] == "gap" for data in used) and not kinds and claim.dropped not in KINDS_OF_CLASS:
        raise ValueError("gap: it is over a convex class; assume CONVEX, AFFINE or SUBSPACE")


def _check_quantity(data: Any, heads: dict[str, int]) -> None:
    head, *functions = data
    if head == UNKNOWN:
        return
    if head in FLOAT_HEADS and head not in heads:
        raise ValueError(f"{head}: it is for an allowance only")
    if heads.get(head) != len(functions):
        raise ValueError(f"{head}: this is no quantity of projections")
    for function in functions:
        for name, share in parts_of(function):
            if name not in LETTERS or not isinstance(share, Fraction):
                raise ValueError(f"{head}: there is no function {share} {name!r}")


def written(
    data: Any, style: Style, *arguments: str, letters: dict[str, tuple[str, str]] = LETTERS
) -> str | Text:
    """Write a quantity."""
    del arguments
    head, *functions = data
    if head == UNKNOWN:
        return functions[0]
    texts = [combination(one, style, letters) for one in functions]
    match head:
        case "inner":
            form = style.choose(r"\langle {}, {} \rangle", "⟨{}, {}⟩")
            return form.format(texts[0][0], texts[1][0])
        case "gap":
            return style.call(r"\gamma", "γ", texts)
        case "outside":
            if functions == ["between"]:
                texts = [(style.choose(r"\lambda u + (1 - \lambda) v", "λ u + (1 - λ) v"), 0)]
            return style.call("d", "d", [*texts, ("V", 0)])
    return style.call(head, head, texts)


def letters_of(claim: Claim) -> dict[str, tuple[str, str]]:
    """Write the functions of a claim: the student by what is assumed of it."""
    if claim.assumes(EXACT):
        return LETTERS | {"student": ("f_{sw}", "f_sw")}
    return LETTERS | {"student": ("q", "q")} if claim.assumes(MEMBER) else LETTERS


def writer(claim: Claim) -> Writer:
    """Give the function that writes the quantities of a claim."""
    return functools.partial(written, letters=letters_of(claim))
