r"""Finite worlds, where errors are bounded through neighbourhoods: what the theorems of expansion speak of.

A world has weighted points with true labels, a teacher, neighbourhoods N(x) and a family of classifiers, of
which f is the first; R(f) are the points with no neighbour that f labels otherwise. The points of class 0 are
under study: H (hard-only) and O (overlap); T and S where the teacher abstains exactly on H; B and A in
general.

$(c, q)$-expansion of sets in B on (A, B): $P(N(U)|A) > c P(U|B)$ for all of them with $P(U|B) > q$. Where c
is not stated it is the largest that the family and the conditions of the claim allow (`constants`).
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.printing import Style
from w2sjax.language.terms import Comparison, Term, less, named, quantity
from w2sjax.settings.expansion.instance import world as world
from w2sjax.settings.setting import Setting

SETTING = EXPANSION = Setting("expansion")
Region = str | tuple[str, str]  # some of the points under study, or the good or bad ones of them


@dataclasses.dataclass(frozen=True)
class Event:
    """A set of points: one of the names below, a union or a complement."""

    data: Any

    def __or__(self, other: "Event") -> "Event":
        return Event(("or", self.data, other.data))

    def __invert__(self) -> "Event":
        return Event(("not", self.data))


HARD = H, T, B = "H", "T", "B"
O, S, A = "O", "S", "A"  # noqa: E741
OF_F = ("wrong", "disagrees", "fragile")  # events that depend on f
WRONG, DISAGREES, FRAGILE = map(Event, OF_F)
MISTAUGHT = Event("mistaught")
MISTAKES, HITS = "mistakes", "hits"


def good(region: Region) -> Region:
    """Where the teacher is right."""
    return "good", str(region)


def bad(region: Region) -> Region:
    """Where the teacher is wrong, or abstains."""
    return "bad", str(region)


def P(event: Event, region: Region) -> Term:
    """P(event | region); 0 where the region is empty."""
    return quantity("P", event.data, region)


q, c = quantity("q"), quantity("c")
alpha = named(r"\alpha", "α", P(MISTAUGHT, S))
rho = named(r"\rho", "ρ", P(FRAGILE, S))
epsilon_1 = named(r"\varepsilon_1", "ε₁", P(MISTAUGHT, O))
dis_O = named("dis_O", "dis_O", P(DISAGREES, O))
RARELY_WRONG = (less(0, alpha), less(alpha, Fraction(1, 2)))


def expands(family: str, source: Region, target: Region) -> Assumption:
    """Assume (c, q)-expansion on (target, source) of the family's robust mistakes or hits in `source`."""
    return Assumption(
        "expansion",
        f"robust {family} in {_region(source, False)} with more than q expand by c into "
        f"{_region(target, False)} (dropped: c is any number)",
        data=(family, source, target),
    )


MEMBERSHIP = Assumption("membership", "f belongs to the family that expands")
ONE_LABEL = Assumption("one label", "all points under study have one true label")
SYMMETRY = Assumption("symmetry", "neighbourhoods are symmetric")
DIRECTION = Assumption("direction", "sets expand as stated (dropped: the other way)")
SHARED = (MEMBERSHIP, ONE_LABEL, SYMMETRY, DIRECTION)


def moderate(formula: Comparison) -> Assumption:
    """Assume that c is not too large, which the theorems of Lang et al. need and do not ask for in print."""
    return Assumption("moderate constant", f"{formula}; not asked for in print", formula)


def is_abstaining(claim: Claim) -> bool:
    """Whether a claim is about worlds in which the teacher abstains exactly on T."""
    regions = [data[2] for data in claim.quantities if data[0] == "P"]
    regions += [part for one in claim.assumed("expansion") for part in one.data[1:]]
    return any(_abstained(region) for region in regions)


def _abstained(region: Region) -> bool:
    return region[-1] in (S, T)


def written(data: Any, style: Style, *arguments: str) -> str:
    """Write a quantity, as the papers do."""
    if data[0] != "P":
        return str(data[0])
    event, region = data[1:]
    teacher = style.choose(r"\tilde y", "ỹ")
    if not _abstained(region):
        teacher = style.choose("f_{weak}", "f_weak")
    given = style.choose(r" \mid ", " | ") + _region(region, style.latex)
    return f"P({_event(event, style, teacher)}{given})"


def _region(data: Region, latex: bool) -> str:
    if isinstance(data, str):
        return data
    return f"{data[1]}^{{{data[0]}}}" if latex else f"{data[1]}_{data[0]}"


def _event(data: Any, style: Style, teacher: str) -> str:
    unequal = style.choose(r"\ne", "≠")
    robust = style.choose("R(f)^c", "R(f)ᶜ")
    match data:
        case "wrong":
            return f"f {unequal} y"
        case "disagrees":
            return f"f {unequal} {teacher}"
        case "mistaught":
            return f"{teacher} {unequal} y"
        case "fragile":
            return robust
        case ("or", first, second):
            between = style.choose(r" \text{ or } ", " or ")
            return _event(first, style, teacher) + between + _event(second, style, teacher)
        case ("not", "fragile"):
            return "R(f)"
        case ("not", str() as inner):
            return _event(inner, style, teacher).replace(unequal, "=")
        case ("not", inner):
            return f"({_event(inner, style, teacher)}){style.choose('^c', 'ᶜ')}"
    raise ValueError(f"event: there is none {data!r}")
