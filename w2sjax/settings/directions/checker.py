r"""The second opinion on directions: inner products from lengths, in `fractions` alone.

$\langle v, u \rangle = (\lVert v + u \rVert^2 - \lVert v - u \rVert^2) / 4$.
"""

import operator
from typing import Any

from w2sjax.arithmetic.intervals import Interval, exact
from w2sjax.arithmetic.rationals import dot
from w2sjax.settings.directions import vectors_of
from w2sjax.settings.exact import Case, Witness


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
        sums, differences = (list(map(of, v, u)) for of in (operator.add, operator.sub))
        return exact((dot(sums, sums) - dot(differences, differences)) / 4)
