"""Systems of matrices that have to be ⪰ 0 and numbers that have to be ≥ 0, affine in a rational point."""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

from w2sjax.proving.forms import squares

Affine = tuple[Fraction, ...]  # the constant, then a coefficient for each variable
Matrix = list[list[Affine]]
Point = tuple[Fraction, ...]


@dataclasses.dataclass(frozen=True)
class System:
    """Conditions on a point.

    Attributes:
        size: the number of variables.
        blocks: symmetric matrices that have to be ⪰ 0.
        nonnegative: numbers that have to be ≥ 0.
        zero: numbers that have to be 0.
    """

    size: int
    blocks: tuple[Matrix, ...]
    nonnegative: tuple[Affine, ...]
    zero: tuple[Affine, ...] = ()

    def holds(self, point: Sequence[Fraction]) -> bool:
        """Whether a point has all of it, exactly."""
        return (
            all(value(one, point) >= 0 for one in self.nonnegative)
            and all(value(one, point) == 0 for one in self.zero)
            and all(
                squares([[value(one, point) for one in row] for row in block]) is not None
                for block in self.blocks
            )
        )


def value(one: Affine, point: Sequence[Fraction]) -> Fraction:
    """Give the value of an affine function."""
    return one[0] + sum((a * x for a, x in zip(one[1:], point, strict=True) if a), Fraction(0))
