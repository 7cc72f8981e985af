"""What one phase of a search found."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one phase over one set found.

    Attributes:
        instances: how many it looked at.
        least_slack: the least normalised one in floating point; inf if there was none.
        unconfirmed: violations in floating point that exact arithmetic does not confirm.
        undecided: instances that exact arithmetic could not decide.
        invalid: random instances with a side that is not finite: nothing was checked.
        open: random instances that floating point does not settle.
        decided: how many of these were decided exactly.
        seconds: it took.
        hit: an exact instance that violates the claim, if one was found.
        place: how it was found, for people.
        constants: where a violation hangs on how constants are rounded, what to write; else empty.
        finished: whether it reached its end; otherwise time ran out, and it is not recorded.
    """

    instances: int = 0
    least_slack: float = math.inf
    unconfirmed: int = 0
    undecided: int = 0
    seconds: float = 0.0
    hit: Any = None
    place: str = ""
    finished: bool = True
    invalid: int = 0
    open: int = 0
    decided: int = 0
    constants: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, an infinite slack as null."""
        hit = None if self.hit is None else self.hit.to_json()
        least = self.least_slack if math.isfinite(self.least_slack) else None
        return {**vars(self), "hit": hit, "least_slack": least}

    @classmethod
    def from_json(cls, row: dict[str, Any], read: Callable[[Any], Any]) -> "Outcome":
        """Read it back; `read` reads an instance."""
        hit = None if row["hit"] is None else read(row["hit"])
        least = math.inf if row["least_slack"] is None else row["least_slack"]
        return cls(**{**row, "hit": hit, "least_slack": least})
