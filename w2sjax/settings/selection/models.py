"""What both exact engines make of the quantities of each model: tuples, the choice, least values."""

import operator
from collections.abc import Callable
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.exact import Case
from w2sjax.settings.projection.functions import parts_of
from w2sjax.settings.selection import PROMISED


class Models:
    """An engine of projections for every model.

    Attributes:
        models: the engines.
        least: takes the least of their numbers.
        less, at_most: compare two of their numbers for certain.
        open: what is raised where the choice is open.
    """

    least: Callable[..., Any]
    less: Callable[[Any, Any], bool]
    at_most: Callable[[Any, Any], bool]
    open: type[Exception]

    def __init__(self, claim: Claim, models: list[Any]):
        self.claim, self.models, self.count = claim, models, len(models)

    def properties(self) -> dict[str, bool]:
        """Check what an instance of the claim has to be."""
        chooses = ("least_other",) in self.claim.quantities
        return self.models[0].properties() | {"a choice": self.count > 1 or not chooses}

    def cases(self) -> list[Case]:
        """Give the one case that there is."""
        return [Case(self.quantity, width=self.count)]

    def quantity(self, data: Any, *given: Any) -> tuple[Any, ...]:
        """Give a quantity for every model; what is about the target alone is found once."""
        if given:
            return (self._reduced(data, given[0]),) * self.count
        names = {name for function in data[1:] for name, _ in parts_of(function)}
        if data[0] != "gap" and names <= {"target", "best"}:
            return (self.models[0].quantity(data),) * self.count
        return tuple(model.quantity(data) for model in self.models)

    def _reduced(self, data: Any, values: Any) -> Any:
        if data == ("least",):
            return self.least(*values)
        j = self._choice()
        return values[j] if data == ("chosen",) else self.least(*values[:j], *values[j + 1 :])

    def _choice(self) -> int:
        """Give the place of the least weak error less misfit, the first among equals."""
        keys = list(map(operator.sub, *(self.quantity(one.data) for one in PROMISED)))
        for j, key in enumerate(keys):
            first = all(self.less(key, k) for k in keys[:j])
            if first and all(self.at_most(key, k) for k in keys[j + 1 :]):
                return j
        raise self.open("which model is chosen is open")
