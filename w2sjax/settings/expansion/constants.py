r"""What a claim's formulas ask of q and c.

c is the least of the family's infimum of ratios $P(N(U)|A) / P(U|B)$ over the sets above q, and of what the
claim's conditions of the form $c \le X$ and $c < X$ allow; 1 where there is neither. At the infimum the
definition, strict, fails; but every smaller number has it, and all bounds are continuous in c. Only where
another condition limits c from below may the infimum be needed itself: there c has to be stated. Between
two attained shares of the sets only the bounds depend on q.
"""

import dataclasses
import functools
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.language.terms import Comparison, Term
from w2sjax.settings.expansion import OF_F, c, is_abstaining, q

BELOW = Fraction(31, 32)  # of a bound that c may not reach


@dataclasses.dataclass(frozen=True)
class Conditions:
    """The conditions of a claim, by what they say of q and c.

    Attributes:
        families: what expands: mistakes or hits, source and target.
        bounds: terms X of $c \\le X$ and, times `BELOW`, of c < X.
        of_q: conditions in which q takes part and c does not.
        of_c: those in which c takes part, but for the bounds.
        of_f: those that speak of f.
        names: of the assumptions that it makes.
        abstaining: whether the teacher abstains exactly on T.
    """

    families: tuple[tuple[str, Any, Any], ...]
    bounds: tuple[Term, ...]
    of_q: tuple[Comparison, ...]
    of_c: tuple[Comparison, ...]
    of_f: tuple[Comparison, ...]
    names: frozenset[str]
    abstaining: bool

    @property
    def needs_constant(self) -> bool:
        """Whether c has to be stated: as it is in the two theorems of Lang et al. as printed."""
        return bool(self.of_c) and not self.bounds


@functools.lru_cache(maxsize=1024)
def conditions(claim: Claim) -> Conditions:
    """Sort the conditions of a claim."""
    bounds, of_q, of_c, of_f = [], [], [], []
    for _, one in claim.conditions:
        found = quantities((one.lhs, one.rhs))
        if one.lower == c and not one.identity and c.data not in quantities((one.upper,)):
            bounds.append(one.upper * BELOW if one.relation == "<" else one.upper)
        elif c.data in found:
            of_c.append(one)
        elif q.data in found:
            of_q.append(one)
        if any(data[0] == "P" and _speaks_of_f(data[1]) for data in found):
            of_f.append(one)
    families = [one.data for one in claim.assumed("expansion")]
    names, abstaining = frozenset(claim.droppable), is_abstaining(claim)
    families, bounds, of_q, of_c, of_f = map(tuple, (families, bounds, of_q, of_c, of_f))
    return Conditions(families, bounds, of_q, of_c, of_f, names, abstaining)


def _speaks_of_f(event: Any) -> bool:
    return event in OF_F if isinstance(event, str) else any(map(_speaks_of_f, event[1:]))
