"""Random formulas over a few numbers, for tests, and their values by recursion."""

import functools
import operator
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from w2sjax.language import absolute, log, maximum, minimum, named, sqrt
from w2sjax.language.terms import Term, quantity, term

NAMES = ("a", "b", "c")
SYMBOLS = tuple(quantity(name) for name in NAMES)

constants = st.one_of(
    st.integers(-3, 3), st.fractions(-2, 2, max_denominator=7), st.sampled_from([0.1, 1.25])
).map(term)
leaves = st.one_of(st.sampled_from(SYMBOLS), constants)


def combined(parts, roots, ratios):
    """Combine formulas by what the language has; roots, logarithms and ratios if they are wanted."""
    pairs, triples = st.tuples(parts, parts), st.lists(parts, min_size=3, max_size=4)
    ways = [
        pairs.map(lambda two: two[0] + two[1]),
        pairs.map(lambda two: two[0] - two[1]),
        pairs.map(lambda two: two[0] * two[1]),
        triples.map(lambda several: sum(several, term(0))),
        triples.map(lambda several: maximum(*several)),
        triples.map(lambda several: minimum(*several)),
        parts.map(absolute),
        parts.map(lambda one: -one),
        parts.map(lambda one: one**3),
        parts.map(lambda one: one**2),
        parts.map(lambda one: named(r"\nu", "ν", one)),
    ]
    ways += [parts.map(sqrt), parts.map(log)] * roots
    return st.one_of(*ways, *[pairs.map(lambda two: Term("/", two))] * ratios)


def formulas(*, roots=True, ratios=True, size=12):
    """Draw formulas."""
    return st.recursive(leaves, lambda parts: combined(parts, roots, ratios), max_leaves=size)


single = combined(leaves, roots=True, ratios=True)
short = st.fractions(-4, 4, max_denominator=16)
values = st.fixed_dictionaries({(name,): short for name in NAMES})
# A number that a double holds, and how far what is known of it is off, in parts of what it may be off by.
halves = st.integers(-64, 64).map(lambda count: Fraction(count, 16))
around = st.tuples(halves, st.sampled_from([Fraction(k, 4) for k in range(-4, 5)]))
nearby = st.fixed_dictionaries({(name,): around for name in NAMES})
widths = st.sampled_from([Fraction(0), Fraction(1, 2**20), Fraction(1, 8), Fraction(2)])

NAMED = {
    "+": lambda *given: sum(given),
    "-": operator.neg,
    "*": lambda *given: functools.reduce(operator.mul, given),
    "/": operator.truediv,
    "max": max,
    "min": min,
    "abs": abs,
    "named": lambda given: given,
}


def oracle(
    formula: Term, known: Any, number: Any = Fraction, root: Any = None, logarithm: Any = None
) -> Any:
    """The value by recursion: another way than a plan. ZeroDivisionError where there is none."""
    given = [oracle(one, known, number, root, logarithm) for one in formula.arguments]
    match formula.operation:
        case "number":
            return number(formula.data)
        case "quantity":
            return known[formula.data]
        case "power":
            return given[0] ** formula.data
        case "sqrt":
            return root(max(given[0], 0))
        case "log":
            return logarithm(given[0])
    return NAMED[formula.operation](*given)
