r"""Choices of a weak model: one class and target, and a student for each of several weak models.

Every quantity of a projection has a value for each model j, and a claim is about all of them. A student is
the projection of its weak model; the model $j^*$ that is chosen has the least $d(f_{w,j}, f^*) -
d(f_{sw,j}, f_{w,j})$, the first among equals.
"""

import functools
import re
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.language.printing import PRODUCT, SUM, Style
from w2sjax.language.terms import Term, equal, maximum, named, quantity, sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION
from w2sjax.settings.selection.instance import two_points as two_points
from w2sjax.settings.setting import Setting

SETTING = SELECTION = Setting("selection", sets=True)
SIGNED, d, gap, inner = projection.SIGNED, projection.d, projection.gap, projection.inner
weak, student = projection.weak, projection.student
target, best = projection.target, projection.best
off, slip = projection.off, projection.slip
LETTERS = {
    "weak": ("f_{w,j}", "f_w,j"),
    "student": ("f_{sw,j}", "f_sw,j"),
    "target": ("f^*", "f*"),
    "best": ("f_s", "f_s"),
}
REDUCED = ("chosen", "least", "least_other")
PROMISED = d(weak, target), d(student, weak)  # the choice is by their difference


def chosen(value: Term) -> Term:
    """Value of the model that is chosen."""
    return quantity("chosen", of=(value,))


def least(value: Term) -> Term:
    """Least value of all models."""
    return quantity("least", of=(value,))


def least_other(value: Term) -> Term:
    """Least value of the models that are not chosen; where there is one model alone nothing is claimed."""
    return quantity("least_other", of=(value,))


misfit = named("m_j", "m_j", d(student, weak))
epsilon = named(r"\varepsilon", "ε", d(best, target))
_larger = maximum(d(weak, target), misfit)
# The square of the difference of two roots, or 0 where the second is larger; rational where their product is.
lower = named(
    r"\max(0, \sqrt{d(f_{w,j}, f^*)} - \sqrt{m_j})^2",
    "max(0, √d(f_w,j, f*) - √m_j)²",
    _larger + misfit - 2 * sqrt(misfit * _larger),
)
gamma = named(r"\gamma_j", "γ_j", gap(student))
upper = d(weak, target) - misfit + 2 * sqrt(epsilon * misfit) + 2 * gamma


@functools.lru_cache(maxsize=512)
def of_one(claim: Claim) -> Claim:
    """Give a claim about projections that speaks of the same quantities, for one model.

    Raises:
        ValueError: for quantities that are none.
    """
    allowance = () if claim.allowance is None else (claim.allowance,)
    used, allowed = (
        [quantity(*data) for data in quantities(terms) if data[0] not in REDUCED]
        for terms in ((*claim.terms, *PROMISED), allowance)
    )
    # What speaks of the gap is about any student: also a computed one.
    allowed += [slip(student, best)] if gap(student) in used else []
    return Claim(
        title=claim.name,
        source="",
        setting=PROJECTION,
        claim=tuple(equal(one, one) for one in used),
        assumptions=(CONVEX, EXACT),
        allowance=sum(allowed[1:], start=allowed[0]) if allowed else None,
        sets=claim.sets,
        name=claim.name,
    )


def check(claim: Claim) -> None:
    """Refuse a claim that makes no sense about choices.

    Raises:
        ValueError: saying why.
    """
    of_one(claim)
    for one in claim.assumptions:
        if one.formula is None:
            raise ValueError(f"assumptions: {one.name!r} is none of choices and has no formula")


def written(data: Any, style: Style, *arguments: str) -> Any:
    """Write a quantity."""
    if not arguments:
        return projection.written(data, style, letters=LETTERS)
    (value,) = arguments
    joined = re.search(r" [+-] ", value) is not None
    if data == ("chosen",):
        marked = re.sub(r"_j\b", style.choose("_{j^*}", "_j*"), value)
        return re.sub(r",j\b", style.choose(",j^*", ",j*"), marked), SUM if joined else PRODUCT
    places = "j" if data == ("least",) else style.choose(r"{j \ne j^*}", "(j ≠ j*)")
    closed = f"({value})" if joined else value
    return style.choose(r"\min", "min") + f"_{places} {closed}", PRODUCT
