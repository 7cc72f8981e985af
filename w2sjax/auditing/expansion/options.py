"""What a user asks of the expansion part of an audit."""

import dataclasses

from w2sjax.auditing.data import AuditData
from w2sjax.auditing.labels import cuts
from w2sjax.auditing.neighbours import require


@dataclasses.dataclass(frozen=True)
class ExpansionOptions:
    """Neighbourhoods to try; nothing is estimated without.

    Attributes:
        neighbours: numbers of nearest neighbours, each tried.
        radius: radii, each tried.
        smallest_set: q: sets with at most this share of their region do not count.
    """

    neighbours: tuple[int, ...] = ()
    radius: tuple[float, ...] = ()
    smallest_set: float = 0.0

    @property
    def wanted(self) -> bool:
        """Whether there is anything to estimate."""
        return bool(self.neighbours or self.radius)

    def require(self, data: AuditData) -> None:
        """Raise `ValueError` for numbers out of range and for data without labels."""
        require(self.neighbours, self.radius, len(data.strong_features))
        if not 0 <= self.smallest_set < 1:
            raise ValueError(f"smallest_set: expected a share in [0, 1), got {self.smallest_set}")
        if self.smallest_set and not self.wanted:
            raise ValueError("smallest_set: is of use with neighbours or radius only")
        if self.wanted:
            cuts(data)
