r"""The second opinion on directions: inner products from lengths, in `fractions` alone.

$\langle v, u \rangle = (\lVert v + u \rVert^2 - \lVert v - u \rVert^2) / 4$.
"""

import operator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, exact, quotient
from w2sjax.arithmetic.rationals import Vector, dot
from w2sjax.settings.directions import vectors_of
from w2sjax.settings.exact import Case, Witness

BITS = 200


class Checker(Witness):
    """The vectors of a claim."""

    notes = {"inner products": "from the lengths of sums and differences"}

    def properties(self) -> dict[str, bool]:
        """Check that all vectors are there."""
        return {"its vectors": vectors_of(self.claim) <= self.instance.vectors.keys()}

    def cases(self) -> list[Case]:
        """Give the one case that there is."""
        return [Case(self.quantity)]

    def quantity(self, data: Any) -> Interval:
        """Compute a quantity."""
        if data == ("eta",):
            return exact(self.instance.eta)
        v, u = (self.instance.vectors[name] for name in data[1:])
        product = exact(_product(v, u))
        lengths = exact(dot(v, v) * dot(u, u))
        return product if data[0] == "inner" else quotient(product, lengths.root(BITS))


def _product(v: Vector, u: Vector) -> Fraction:
    sums, differences = (list(map(of, v, u)) for of in (operator.add, operator.sub))
    return (dot(sums, sums) - dot(differences, differences)) / 4
