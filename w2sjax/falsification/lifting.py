"""The sides of a claim in a case, also of several models at once: a number is then a tuple of theirs."""

from collections.abc import Iterator, Sequence
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import Begun, plan
from w2sjax.language.terms import Term
from w2sjax.settings.exact import Case

Sides = list[tuple[Any, Any, Any]]  # what is compared, lower and upper side
Parts = tuple[Begun, ...]  # what is claimed and each condition, computed in part


def begun(claim: Claim, case: Case, arithmetic: Any) -> Parts | None:
    """Compute what is the same in all cases; None where there is nothing."""
    if case.fixed is None:
        return None
    return tuple(plan(terms).begun(arithmetic, case.quantity, case.fixed) for terms in claim.parts)


def claimed(claim: Claim, case: Case, arithmetic: Any, known: Parts | None = None) -> Sides:
    """Compute both sides of what is claimed, model by model."""
    part = None if known is None else known[0]
    return _sides(claim.comparisons, claim.parts[0], case, arithmetic, part)


def conditions(
    claim: Claim, case: Case, arithmetic: Any, known: Parts | None = None
) -> Iterator[tuple[Any, Any, Any]]:
    """Compute both sides of the conditions, with their names, one after the other, model by model."""
    for place, one in enumerate(claim.conditions, 1):
        part = None if known is None else known[place]
        yield from _sides((one,), claim.parts[place], case, arithmetic, part)


def _sides(
    compared: Sequence[Any],
    terms: tuple[Term, ...],
    case: Case,
    arithmetic: Any,
    known: Begun | None,
) -> Sides:
    if case.width is not None:
        arithmetic = lifted(arithmetic, case.width)
    values = plan(terms).values(arithmetic, case.quantity, known)
    pairs = zip(compared, values[::2], values[1::2], strict=True)
    if case.width is None:
        return list(pairs)
    return [(one, *each) for one, *pair in pairs for each in zip(*pair, strict=True)]


def lifted(arithmetic: Any, width: int) -> dict[str, Any]:
    """Let an arithmetic work on tuples, entry by entry: numbers of several models at once."""

    def each(operation: Any) -> Any:
        return lambda *parts: tuple(operation(*entries) for entries in zip(*parts, strict=True))

    found = {name: each(operation) for name, operation in arithmetic.items()}
    found["number"] = lambda value: (arithmetic["number"](value),) * width
    found["power"] = lambda base, exponent: tuple(arithmetic["power"](b, exponent) for b in base)
    return found
