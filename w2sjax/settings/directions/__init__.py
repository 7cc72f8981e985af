r"""Directions of linear models: what one step along a teacher, or along two of them, does to a student.

A model is a vector; inputs are $x \sim N(0, I)$ and the label is the sign of $\langle b, x \rangle$. So a
model w is right with probability $1 - \arccos(\cos(w, b)) / \pi$: its cosine to the truth b is all that
counts. $\eta$ is any number: the length of a step, or what a student keeps of its teacher.
"""

from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.printing import Style
from w2sjax.language.terms import Term, quantity
from w2sjax.settings.directions.instance import VECTORS as VECTORS
from w2sjax.settings.directions.instance import vectors as vectors
from w2sjax.settings.setting import Setting

SYMBOLS = {"eta": (r"\eta", "η")}
DIRECTIONS = SETTING = Setting("directions", symbols=SYMBOLS)
student, truth, teacher, chosen, rejected = VECTORS
eta = quantity("eta")


def inner(v: str, u: str) -> Term:
    """Inner product of two vectors, by their names."""
    return quantity("inner", v, u)


def cos(v: str, u: str) -> Term:
    r"""Cosine $\langle v, u \rangle / (\lVert v \rVert \lVert u \rVert)$ of two vectors."""
    return quantity("cos", v, u)


BETTER_THAN_CHANCE = Assumption(
    "better than chance", "the student's cosine to the truth is not negative", inner(student, truth) >= 0
)  # fmt: skip


def vectors_of(claim: Claim) -> set[str]:
    """Name the vectors that a claim speaks of."""
    return {name for data in claim.quantities for name in data[1:]}


def check(claim: Claim) -> None:
    """Refuse a claim of other quantities.

    Raises:
        ValueError: naming the quantity.
    """
    for data in claim.quantities:
        head, *names = data
        of_two = head in ("inner", "cos") and len(names) == 2 and {*names} <= {*VECTORS}
        if data != eta.data and not of_two:
            raise ValueError(f"claim: directions have no quantity {data!r}")


def written(data: Any, style: Style, *arguments: str) -> Any:
    """Write a quantity."""
    del arguments
    if data == eta.data:
        return style.choose(*SYMBOLS["eta"])
    letters = ", ".join(VECTORS[name] for name in data[1:])
    if data[0] == "cos":
        return style.choose(rf"\cos({letters})", f"cos({letters})")
    return style.choose(rf"\langle {letters} \rangle", f"⟨{letters}⟩")
