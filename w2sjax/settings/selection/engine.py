"""The first opinion on choices among weak models: every student is solved for."""

import operator
from typing import Any

from w2sjax.arithmetic import flint_numbers
from w2sjax.language.claims import Claim
from w2sjax.settings.exact import OpenError
from w2sjax.settings.projection import engine as projection
from w2sjax.settings.selection import of_one
from w2sjax.settings.selection.instance import Selection
from w2sjax.settings.selection.models import Models


class Engine(Models):
    """The quantities of all models, in flint's numbers."""

    least, open = staticmethod(flint_numbers.least), OpenError
    less, at_most = operator.lt, operator.le

    def __init__(self, claim: Claim, selection: Selection, bits: int):
        one = of_one(claim)
        super().__init__(claim, [projection.Engine(one, p, bits) for p in selection.problems()])

    def evidence(self) -> dict[str, Any]:
        """State the projections of all models."""
        return {"models": [model.evidence() for model in self.models]}
