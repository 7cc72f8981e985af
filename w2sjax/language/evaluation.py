"""The value of terms in any arithmetic: a plan is made once for some terms, and carried out many times.

An arithmetic maps operations to functions of its numbers; "number" makes one of a `Fraction`, and "power"
takes
an exponent. A setting gives the quantities: `quantity(data, *arguments)`.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from w2sjax.language.terms import NAMED, NUMBER, QUANTITY, Term

Arithmetic = Mapping[str, Callable[..., Any]]
Quantity = Callable[..., Any]
# A plan that is carried out in part: values by place, of which those of the steps that are left do not count;
# and these steps, with their places and those of their arguments.
Begun = tuple[list[Any], list[tuple[int, Term, tuple[int, ...]]]]


@dataclasses.dataclass(frozen=True)
class Plan:
    """The operations that give some terms, each once, arguments first.

    Attributes:
        steps: the terms, with the places of their arguments.
        results: the places of what was asked for.
    """

    steps: tuple[tuple[Term, tuple[int, ...]], ...]
    results: tuple[int, ...]

    @functools.cached_property
    def start(self) -> Begun:
        """Nothing is computed yet."""
        left = [(place, step, operands) for place, (step, operands) in enumerate(self.steps)]
        return [None] * len(left), left

    def values(
        self, arithmetic: Arithmetic, quantity: Quantity, begun: Begun | None = None
    ) -> list:
        """Give the terms their values, from the beginning or from where it stands."""
        known, left = begun or self.start
        found = known.copy()
        for place, step, operands in left:
            given = [found[i] for i in operands]
            if step.data is None:  # most are; the shortest way
                found[place] = arithmetic[step.operation](*given)
            else:
                found[place] = _value(step, given, arithmetic, quantity)
        return [found[place] for place in self.results]

    def begun(self, arithmetic: Arithmetic, quantity: Quantity, fixed: Quantity) -> Begun:
        """Compute what hangs on numbers and fixed quantities alone, for many calls of `values`."""
        found, left, open_places = [None] * len(self.steps), [], set[int]()
        for place, step, operands in self.start[1]:
            free = step.operation == QUANTITY and not fixed(step.data)
            if free or not open_places.isdisjoint(operands):
                open_places.add(place)
                left.append((place, step, operands))
            else:
                found[place] = _value(step, [found[i] for i in operands], arithmetic, quantity)
        return found, left


def _value(step: Term, given: list[Any], arithmetic: Arithmetic, quantity: Quantity) -> Any:
    if step.data is None:
        return arithmetic[step.operation](*given)
    match step.operation:
        case "number":
            return arithmetic[NUMBER](step.data)
        case "quantity":
            return quantity(step.data, *given)
        case "named":
            return given[0]
    return arithmetic[step.operation](given[0], step.data)


@functools.lru_cache(maxsize=4096)
def plan(terms: tuple[Term, ...]) -> Plan:
    """Put the parts of terms into an order in which arguments come first."""
    places: dict[Term, int] = {}
    steps = []
    for one in parts(terms):
        places[one] = len(steps)
        steps.append((one, tuple(places[argument] for argument in one.arguments)))
    return Plan(tuple(steps), tuple(places[wanted] for wanted in terms))


def parts(terms: Sequence[Term]) -> Iterator[Term]:
    """List the terms and all that they are made of, each once, arguments first; no recursion."""
    seen: set[Term] = set()
    stack = [(wanted, False) for wanted in reversed(terms)]
    while stack:
        one, ready = stack.pop()
        if one in seen:
            continue
        if ready:
            seen.add(one)
            yield one
        else:
            stack.append((one, True))
            stack += [(argument, False) for argument in reversed(one.arguments)]


def quantities(terms: Sequence[Term]) -> tuple[Any, ...]:
    """List what the terms call their quantities."""
    return tuple(dict.fromkeys(one.data for one in parts(terms) if one.operation == QUANTITY))


def names(terms: Sequence[Term]) -> tuple[Term, ...]:
    """List the abbreviations that take part."""
    return tuple(one for one in parts(terms) if one.operation == NAMED)
