"""Random directions whose errors are signs, in rational numbers; needs nothing."""

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.settings.random_directions import EVERYWHERE, INDEPENDENT
from w2sjax.settings.records import Record

LARGEST = 100  # coordinates: outcomes are as many as their square


@dataclasses.dataclass(frozen=True)
class Instance(Record):
    r"""Cosines to the truth, and where the errors lie.

    Attributes:
        dimension: d.
        failure: $\delta$.
        cosines: $\alpha_0$, $\alpha_c$ and $\alpha_r$.
        rank: over how many coordinates the errors are spread, $d - 1$ by the assumption.
        copied: whether the chosen teacher's error is the student's.
    """

    dimension: int
    failure: Fraction
    cosines: list[Fraction]
    rank: int
    copied: bool = False

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return self.dimension

    def described(self) -> str:
        """Say how many coordinates there are."""
        return f"d = {self.dimension}"

    def satisfied(self) -> dict[str, bool]:
        """Say which assumptions it satisfies."""
        return {INDEPENDENT.name: not self.copied, EVERYWHERE.name: self.rank == self.dimension - 1}

    def known(self, number: Callable[[Any], Any]) -> dict[tuple[str, ...], Any]:
        """Give the quantities that hang on no error, in numbers of any arithmetic."""
        values = dict(zip(("alpha_0", "alpha_c", "alpha_r"), self.cosines, strict=True))
        values |= {"d": Fraction(self.dimension), "delta": self.failure}
        return {(name,): number(value) for name, value in values.items()}

    def fault(self) -> str | None:
        """Say what makes it none."""
        if len(self.cosines) != 3 or any(abs(cosine) > 1 for cosine in self.cosines):
            return "cosines: expected three numbers from -1 to 1"
        if not 2 <= self.dimension <= LARGEST:
            return f"dimension: expected 2 to {LARGEST}, got {self.dimension}"
        if not 1 <= self.rank < self.dimension:
            return f"rank: expected 1 to {self.dimension - 1}, got {self.rank}"
        if not 0 < self.failure < 1:
            return f"failure: expected a number between 0 and 1, got {self.failure}"
        return None
