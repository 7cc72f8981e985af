"""The first opinion on directions: inner products and cosines in flint's numbers."""

from typing import Any

from w2sjax.arithmetic.flint_numbers import inner, rational, rationals, root
from w2sjax.language.claims import Claim
from w2sjax.settings.directions import vectors_of
from w2sjax.settings.directions.instance import Instance
from w2sjax.settings.exact import Case, Witness


class Engine(Witness):
    """The vectors of a claim."""

    def __init__(self, claim: Claim, instance: Instance, bits: int):
        super().__init__(claim, instance)
        self.vectors = {name: rationals(vector) for name, vector in instance.vectors.items()}

    def properties(self) -> dict[str, bool]:
        """Check that all vectors are there."""
        return {"its vectors": vectors_of(self.claim) <= self.vectors.keys()}

    def cases(self) -> list[Case]:
        """Give the one case that there is."""
        return [Case(self.quantity)]

    def quantity(self, data: Any) -> Any:
        """Compute a quantity."""
        if data == ("eta",):
            return rational(self.instance.eta)
        v, u = (self.vectors[name] for name in data[1:])
        return inner(v, u) if data[0] == "inner" else inner(v, u) / root(inner(v, v) * inner(u, u))
