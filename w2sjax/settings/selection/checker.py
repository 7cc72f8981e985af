"""The second opinion on choices among weak models, from stated students; `fractions` alone."""

from typing import Any

from w2sjax.arithmetic import intervals
from w2sjax.language.claims import Claim
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.projection import checker as projection
from w2sjax.settings.selection import of_one
from w2sjax.settings.selection.instance import Selection
from w2sjax.settings.selection.models import Models


class Checker(Models):
    """The quantities of all models, as intervals."""

    least, open = staticmethod(intervals.least), RefusedError
    less = staticmethod(lambda a, b: a.high < b.low)
    at_most = staticmethod(lambda a, b: a.high <= b.low)

    def __init__(self, claim: Claim, selection: Selection, evidence: Any):
        stated, problems = evidence.get("models", []), selection.problems()
        if len(stated) != len(problems):
            raise RefusedError(f"students: expected those of {len(problems)} models")
        pairs, one = zip(problems, stated, strict=True), of_one(claim)
        super().__init__(claim, [projection.Checker(one, p, shown) for p, shown in pairs])

    @property
    def notes(self) -> dict[str, str]:
        """Say how the projections were checked."""
        every = enumerate((model.notes for model in self.models), 1)
        return {f"{name}, model {j}": note for j, notes in every for name, note in notes.items()}
