"""Directions in rational numbers; needs nothing."""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

from w2sjax.arithmetic.rationals import Vector
from w2sjax.settings.records import Record

# By name, with their letters.
VECTORS = {"student": "w", "truth": "b", "teacher": "t", "chosen": "c", "rejected": "r"}


@dataclasses.dataclass(frozen=True)
class Instance(Record):
    r"""Vectors by name, and the number $\eta$."""

    vectors: dict[str, Vector]
    eta: Fraction

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(next(iter(self.vectors.values())))

    def described(self) -> str:
        """Say how many vectors and coordinates there are."""
        return f"{len(self.vectors)} vectors in dimension {self.size}"

    def fault(self) -> str | None:
        """Say what makes it none."""
        sizes = {len(vector) for vector in self.vectors.values()}
        if len(sizes) != 1:
            return f"vectors: expected some, of one length, got {sorted(sizes)}"
        for name, vector in self.vectors.items():
            if name not in VECTORS:
                return f"vectors: expected {', '.join(VECTORS)}, got {name!r}"
            if not any(vector):
                return f"vectors: {name!r} is 0, which is no direction"
        return None


def vectors(eta: Fraction | int, **vectors: Sequence[int]) -> Instance:
    """Name vectors of whole numbers."""
    return Instance({name: list(map(Fraction, v)) for name, v in vectors.items()}, Fraction(eta))
