r"""Directions maximised over the convex sets, in flint's numbers: $\sup_{u \in C} \langle v, u \rangle$."""

from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import inner, rational, rationals, root
from w2sjax.settings.projection.projecting import on_polyhedral
from w2sjax.settings.projection.sets import BALLS, LINEAR, VALUES

Maximum = tuple[Any, list[Any], list[Any]]


def maximise(kind: str, parameters: dict[str, Any], direction: list[Any]) -> Maximum:
    """Give the supremum; of a polyhedral set also where it is attained, and multipliers."""
    infinite = arb("inf"), [], []
    if kind in LINEAR:
        return infinite if any(value != 0 for value in direction) else (fmpq(0), [], [])
    if kind in BALLS:
        return _ball(kind, parameters, direction), [], []
    if kind in VALUES:
        return _values(kind, parameters, direction), [], []
    nothing = [[fmpq(0)] * len(direction) for _ in direction]
    found = on_polyhedral(kind, parameters, nothing, direction, len(direction))
    return infinite if found is None else (inner(direction, found[0]), *found)


def _ball(kind, parameters, direction):
    if kind != "ellipsoid":
        return root(inner(direction, direction)) * rational(parameters["radius"])
    solved: list[Any] = []
    for given, value in zip(parameters["lower"], direction, strict=True):
        row, place = rationals(given), len(solved)
        solved.append((value - inner(row[:place], solved)) / row[place])
    return root(inner(solved, solved)) + inner(direction, rationals(parameters["centre"]))


def _values(kind, parameters, direction):
    tails = [sum(direction[i:], fmpq(0)) for i in range(len(direction) + 1)]
    if kind == "monotone":
        return arb("inf") if tails[0] != 0 or max(tails) > 0 else fmpq(0)
    bound = rational(parameters["bound"])
    if kind == "bounded_values":
        return bound * sum((abs(value) for value in direction), fmpq(0))
    # Steps from -B to B are the extreme points of the bounded monotone functions.
    return bound * max(2 * tail - tails[0] for tail in tails)
