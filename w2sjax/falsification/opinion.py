"""What the second checker says, and how it refuses; `fractions` alone."""

import dataclasses

from w2sjax.falsification.intervals import Interval


class UnboundedError(Exception):
    """A quantity that is infinite."""


class RefusedError(Exception):
    """The file does not show what it has to."""


@dataclasses.dataclass(frozen=True)
class Opinion:
    """What the checker says: whether the statement is violated, and both sides."""

    violated: bool
    lhs: Interval
    rhs: Interval
    notes: dict[str, str]
