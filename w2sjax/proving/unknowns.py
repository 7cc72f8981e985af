"""Claims with numbers in the place of unknown constants."""

import dataclasses
from fractions import Fraction

from w2sjax.language.claims import Claim, Comparisons
from w2sjax.language.evaluation import plan
from w2sjax.language.terms import QUANTITY, UNKNOWN, Comparison, Term, term


def with_values(claim: Claim, values: dict[str, Fraction]) -> Claim:
    """Put numbers in the place of unknown constants."""
    every = claim.comparisons
    order = plan(tuple(side for one in every for side in (one.lhs, one.rhs)))
    found: list[Term] = []
    for step, operands in order.steps:
        given = tuple(found[i] for i in operands)
        if step.operation == QUANTITY and step.data[0] == UNKNOWN and step.data[1] in values:
            found.append(term(values[step.data[1]]))
        else:
            found.append(Term(step.operation, given, step.data))
    sides = iter(found[place] for place in order.results)
    rows: Comparisons = tuple(Comparison(next(sides), one.relation, next(sides)) for one in every)
    return dataclasses.replace(claim, claim=rows, false_twin=None)
