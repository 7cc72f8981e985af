"""Stronger statements made from a claim: a term less, another sign, a rate made too fast, a constant moved.

A change makes a claim stronger if it makes the smaller side larger, or the larger side smaller. How a term
moves its side is read off the formula, down from the comparison; a product needs the signs of its other
factors, and a term whose direction is open is left alone. What is divided by is taken to be positive. An
identity is changed in both directions.
"""

import dataclasses
import functools
import math
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim, Comparisons
from w2sjax.language.evaluation import parts, plan
from w2sjax.language.printing import UNICODE, written
from w2sjax.language.terms import NAMED, NUMBER, QUANTITY, Term, is_zero, term

OMISSION, SIGN, DOUBLE, RATE, CONSTANT = KINDS = ("omission", "sign", "double", "rate", "constant")
FACTORS = (
    (OMISSION, Fraction(0), "{} left out"),
    (SIGN, Fraction(-1), "{} with the other sign"),
    (DOUBLE, Fraction(2), "{} twice"),
    (DOUBLE, Fraction(1, 2), "half of {}"),
    (CONSTANT, Fraction(101, 100), "101/100 of {}"),
    (CONSTANT, Fraction(99, 100), "99/100 of {}"),
)
BUDGET = 1000  # small instances among which a default twin has to be refuted
BOTH = frozenset((1, -1))
Signs = dict[Term, int]


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A claim with one thing changed, which makes it stronger.

    Attributes:
        title: what was changed, for people.
        kind: how, one of `KINDS`.
        claim: the stronger one.
    """

    title: str
    kind: str
    claim: Claim


@dataclasses.dataclass(frozen=True)
class _Place:
    """Where a term stands.

    Attributes:
        index, side: in which of the comparisons, and whether on its "lhs" or "rhs".
        path: places among the arguments, from the side down.
        term: what stands there.
        stronger: the directions in which its value may move to make the claim stronger.
        added: whether it is a term of a sum, or of a maximum, or all of a side.
        alone: whether it is all of a side, and the other is 0: then factors change nothing.
    """

    index: int
    side: str
    path: tuple[int, ...]
    term: Term
    stronger: frozenset[int]
    added: bool
    alone: bool = False


def twin_of(claim: Claim) -> Claim:
    """Give the false twin of a claim: the one that it states, or one made by a change.

    Raises:
        ValueError: if none is stated and none is found.
    """
    twin = default_twin(claim) if claim.false_twin is None else claim.false_twin
    return dataclasses.replace(claim, claim=twin, false_twin=None, twin=True)


@functools.lru_cache(maxsize=256)
def default_twin(claim: Claim) -> Comparisons:
    """Find the largest change that a short exact search refutes.

    Raises:
        ValueError: if there is none, or the setting has no exact side.
    """
    from w2sjax.falsification.refuting import refute

    plain = dataclasses.replace(claim, tight=None)
    for mutant in mutants(plain) if claim.setting.exact else ():
        if refute(mutant.claim, BUDGET) is not None:
            return mutant.claim.claim
    raise ValueError(
        f"false_twin: no small change of {claim.name or claim.title!r} is refuted by a short exact "
        "search; state a stronger, false claim"
    )


def mutants(claim: Claim) -> Iterator[Mutant]:
    """List the stronger statements, from the largest change to the smallest."""
    setting = claim.setting
    sides = claim.terms[: 2 * len(claim.comparisons)]
    signs = _signs(sides, getattr(setting.vocabulary, "SIGNED", ()))
    found = []
    for place in _places(claim, signs):
        unsigned = place.term.arguments[0] if place.term.operation == "-" else place.term
        text = written(unsigned, UNICODE, setting.writer(claim))
        for kind, new, words in _changes(place, signs):
            found.append((KINDS.index(kind), words.format(text), place, new))
    seen: Counter[str] = Counter()
    for rank, title, place, new in sorted(found, key=lambda one: one[0]):
        seen[title] += 1
        again = f" ({seen[title]})" if seen[title] > 1 else ""
        stated = _changed(claim, place, new)
        changed = dataclasses.replace(claim, claim=stated, false_twin=None, twin=True)
        yield Mutant(f"{claim.name}: {title}{again}", KINDS[rank], changed)


def _places(claim: Claim, signs: Signs) -> Iterator[_Place]:
    """List the terms of all sides, from above, whose direction is known."""
    for index, one in enumerate(claim.comparisons):
        for side in ("lhs", "rhs"):
            whole = getattr(one, side)
            stronger = BOTH if one.identity else frozenset((1 if whole is one.lower else -1,))
            alone = is_zero(one.lhs) or is_zero(one.rhs)
            stack = [_Place(index, side, (), whole, stronger, True, alone)]
            while stack:
                here = stack.pop()
                yield here
                stack += reversed(list(_below(here, signs)))


def _below(here: _Place, signs: Signs) -> Iterator[_Place]:
    operation = here.term.operation
    added = operation in ("+", "max", "min") or (here.added and operation == NAMED)
    directions = _directions(here.term, signs)
    for i, (one, way) in enumerate(zip(here.term.arguments, directions, strict=True)):
        known = here.stronger == BOTH and operation != QUANTITY
        stronger = BOTH if known else frozenset(way * move for move in here.stronger if way)
        if stronger:
            yield _Place(here.index, here.side, (*here.path, i), one, stronger, added)


def _changes(place: _Place, signs: Signs) -> Iterator[tuple[str, Term, str]]:
    """List what may stand in a place instead: a kind of change, a term, and words."""
    one = place.term
    if one.operation == "sqrt":
        yield RATE, one.arguments[0], "{} without its root"
    if not place.added or place.alone or is_zero(one) or one.operation == "+":
        return
    for kind, factor, words in FACTORS:
        moves = signs[one] * (1 if factor > 1 else -1)
        if place.stronger == BOTH or moves in place.stronger:
            yield kind, _scaled(one, factor), words


def _changed(claim: Claim, place: _Place, new: Term) -> Comparisons:
    comparisons = list(claim.comparisons)
    one = comparisons[place.index]
    side = _put(getattr(one, place.side), place.path, new)
    comparisons[place.index] = dataclasses.replace(one, **{place.side: side})
    return tuple(comparisons) if isinstance(claim.claim, tuple) else comparisons[0]


def _put(whole: Term, path: Sequence[int], new: Term) -> Term:
    """Put a term into a place; a sum loses what is 0."""
    chain = [whole]
    for i in path:
        chain.append(chain[-1].arguments[i])
    for parent, i in zip(reversed(chain[:-1]), reversed(path), strict=True):
        arguments = (*parent.arguments[:i], new, *parent.arguments[i + 1 :])
        if parent.operation == "+":
            new = functools.reduce(operator.add, arguments, term(0))
        elif parent.operation == "-":
            new = -new
        elif parent.operation != NAMED:  # the name stands for something else
            new = dataclasses.replace(parent, arguments=arguments)
    return new


def _scaled(one: Term, factor: Fraction) -> Term:
    """Multiply; a number in front takes the factor up."""
    if factor == 0:
        return term(0)
    if one.operation == "-":
        return -_scaled(one.arguments[0], factor)
    if factor == -1:
        return -one
    first, *rest = one.arguments if one.operation == "*" else (one,)
    if first.operation == NUMBER:
        factor, rest = factor * first.data, rest or [term(1)]
        return functools.reduce(operator.mul, rest if factor == 1 else [term(factor), *rest])
    return factor * one


def _signs(terms: Sequence[Term], signed: tuple[str, ...]) -> Signs:
    """Tell what is never negative (1), never positive (-1), or may be both for all that is known (0)."""

    def quantity(data: Any, *given: int) -> int:
        return 0 if data[0] in signed else _common(*given) if given else 1

    every = tuple(parts(terms))
    return dict(zip(every, plan(every).values(SIGNS, quantity), strict=True))


def _common(first: int, *others: int) -> int:
    return first if {first, *others} == {first} else 0


SIGNS: dict[str, Callable[..., int]] = {
    "number": lambda value: 1 if value >= 0 else -1,
    "+": _common,
    "-": lambda value: -value,
    "*": lambda *given: math.prod(given),
    "/": lambda above, below: above * (below or 1),
    "power": lambda value, exponent: value if exponent % 2 else 1,
    "max": lambda *given: 1 if 1 in given else _common(*given),
    "min": lambda *given: -1 if -1 in given else _common(*given),
    "sqrt": lambda value: 1,
    "abs": lambda value: 1,
    "log": lambda value: 0,
}


def _directions(one: Term, signs: Signs) -> list[int]:
    """Tell whether a term grows with each argument (1), falls (-1), or that is open (0)."""
    given = [signs[argument] for argument in one.arguments]
    match one.operation:
        case "-":
            return [-1]
        case "*":
            return [math.prod(given[:i] + given[i + 1 :]) for i in range(len(given))]
        case "/":
            return [given[1] or 1, -given[0]]
        case "power":
            return [1 if one.data % 2 else given[0]]
        case "abs":
            return given
        case "quantity":
            return [0] * len(given)
    return [1] * len(given)
