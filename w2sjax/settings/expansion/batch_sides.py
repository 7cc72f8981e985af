r"""A claim on many worlds, for every q and every c, in integers: its own formulas in `FRACTIONS`.

For a world and an attained q, c may be any number below the family's infimum. Conditions weaken and
bounds shrink as c grows, so of an interval of constants only the largest matters, or the infimum itself as a
limit that is not reached, where weak conditions on c become strict.
"""

import dataclasses
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int64

from w2sjax.arithmetic import fraction_arrays
from w2sjax.arithmetic.fraction_arrays import FRACTIONS, Fractions, chosen, less, ratios
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import parts, plan
from w2sjax.language.terms import Term, term
from w2sjax.settings.expansion import q as level
from w2sjax.settings.expansion.batch import BatchSets
from w2sjax.settings.expansion.constants import conditions

Bound = Term | int
HUGE = 1 << 14  # stands for a constant without bound


@dataclasses.dataclass(frozen=True)
class Sides:
    """A claim, for one q of every world and the largest c that is allowed.

    Attributes:
        eligible: whether all conditions but those on f hold for some c.
        missing: by how much the worst condition on f fails; 0 or less where all hold.
        applicable: whether all conditions hold.
        lhs, rhs: the lower and the upper side.
        q, c: the constants.
    """

    eligible: Bool[np.ndarray, " w"]
    missing: Float[np.ndarray, " w"]
    applicable: Bool[np.ndarray, " w"]
    lhs: Fractions
    rhs: Fractions
    q: Fractions
    c: Fractions

    @property
    def violated(self) -> Bool[np.ndarray, " w"]:
        """Counterexamples."""
        return self.applicable & less(self.rhs, self.lhs)

    @property
    def slack(self) -> Float[np.ndarray, " w"]:
        """What is left between the sides."""
        return FRACTIONS["+"](self.rhs, FRACTIONS["-"](self.lhs)).double


class BatchSides:
    """One claim of one comparison on a batch."""

    def __init__(self, claim: Claim, sets: BatchSets):
        self.claim, self.sets, self.asked = claim, sets, conditions(claim)
        self.families = [sets.expanding(*data) for data in self.asked.families]
        self.count = len(sets.batch)

    @staticmethod
    def rational(claim: Claim) -> bool:
        """Whether a claim has one comparison and no roots and logarithms."""
        found = all(one.operation not in ("sqrt", "log") for one in parts(claim.terms))
        return found and len(claim.comparisons) == 1

    def levels(self) -> list[Fractions]:
        """List the values of q that matter: 0, and the shares of the sets."""
        shares = [u[:, g] for u, _ in self.families for g in range(u.above.shape[1])]
        return [ratios(np.zeros(self.count), np.ones(self.count)), *shares]

    def infimum(self, q: Fractions) -> tuple[Fractions, Int64[np.ndarray, " w"]]:
        """Compute the least ratio of sets above q, infinite where none is; how many families have one."""
        least = ratios(np.ones(self.count), np.zeros(self.count))
        speaking = np.zeros(self.count, np.int64)
        for shares, near in self.families:
            above = less(q[:, None], shares)
            speaking += np.any(above, axis=1)
            found = FRACTIONS["/"](near, shares)
            for g in range(above.shape[1]):
                one = found[:, g]
                least = chosen(above[:, g] & less(one, least), one, least)
        return least, speaking

    def sides(
        self, q: Fractions, infimum: Fractions, above: Bound = 0, up_to: Bound = HUGE
    ) -> Sides:
        """Compute both sides for the largest c that is more than `above` and at most `up_to`."""
        smaller = FRACTIONS["min"]
        low, high = self.values((term(above), term(up_to)), q, fraction_arrays.number(0))
        c = smaller(infimum, high)
        for bound in self.values(self.asked.bounds, q, c):
            c = chosen(bound.finite, smaller(c, bound), c)
        reached = less(c, infimum)
        values = self.values(self.claim.terms, q, c)
        eligible, applicable = less(low, c), np.ones(self.count, bool)
        missing = np.full(self.count, -np.inf)
        for place, (_, one) in enumerate(self.claim.conditions, 1):
            lower, upper = values[2 * place : 2 * place + 2]
            strict = one.relation == "<" or (one in self.asked.of_c and ~reached)
            met = np.where(strict, less(lower, upper), fraction_arrays.at_most(lower, upper))
            applicable &= met
            if one in self.asked.of_f:
                short = FRACTIONS["+"](lower, FRACTIONS["-"](upper)).double
                missing = np.maximum(missing, short)
            else:
                eligible &= met
        lower, upper = (_spread(side, self.count) for side in values[:2])
        applicable &= eligible & lower.finite & upper.finite
        return Sides(eligible, missing, applicable, lower, upper, q, _spread(c, self.count))

    def values(self, terms: tuple[Term, ...], q: Fractions, c: Fractions) -> list[Fractions]:
        """Evaluate terms on all worlds."""

        def quantity(data: Any) -> Fractions:
            if data[0] == "P":
                return self.sets.share(data[1], data[2])
            return q if data == level.data else c

        return plan(terms).values(FRACTIONS, quantity)


def _spread(value: Fractions, count: int) -> Fractions:
    above, below = (np.broadcast_to(part, count) for part in (value.above, value.below))
    return Fractions(above, below, value.size)
