"""The sides of a claim in a case, also of several models at once: a number is then a tuple of theirs."""

from collections.abc import Iterator, Sequence
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import Begun, plan
from w2sjax.settings.exact import Case

Sides = list[tuple[Any, Any, Any]]  # what is compared, lower and upper side


def sides(
    claim: Claim, case: Case, arithmetic: Any, begun: Begun | None = None
) -> tuple[Sides, Sides]:
    """Compute both sides of what is claimed, and of the conditions with their names, model by model."""
    if case.width is not None:
        arithmetic = lifted(arithmetic, case.width)
    values = iter(plan(claim.terms).values(arithmetic, case.quantity, begun))

    def each(compared: Sequence[Any]) -> Iterator[tuple[Any, Any, Any]]:
        for one in compared:
            pair = next(values), next(values)
            for lower, upper in [pair] if case.width is None else zip(*pair, strict=True):
                yield one, lower, upper

    return list(each(claim.comparisons)), list(each(claim.conditions))


def lifted(arithmetic: Any, width: int) -> dict[str, Any]:
    """Let an arithmetic work on tuples, entry by entry: numbers of several models at once."""

    def each(operation: Any) -> Any:
        return lambda *parts: tuple(operation(*entries) for entries in zip(*parts, strict=True))

    found = {name: each(operation) for name, operation in arithmetic.items()}
    found["number"] = lambda value: (arithmetic["number"](value),) * width
    found["power"] = lambda base, exponent: tuple(arithmetic["power"](b, exponent) for b in base)
    return found
