"""The best pairs of two constants of a bound."""

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.proving.sharpening import Sharpened, sharpen
from w2sjax.proving.unknowns import with_values
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown

GRID = tuple(Fraction(k, 4) for k in range(-4, 9))


@dataclasses.dataclass(frozen=True)
class Curve(Shown):
    """Best pairs of two constants.

    Attributes:
        claim: the bound.
        names: of the constant that is put in, and of the one that is sought.
        points: values of the first with the best values of the second.
    """

    claim: Claim
    names: tuple[str, str]
    points: tuple[tuple[Fraction, Sharpened], ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects."""
        points = [{"at": str(at), **best.to_json()} for at, best in self.points]
        return {"claim": self.claim.name, "unknowns": list(self.names), "points": points}

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.proving.reports import curve_report

        return curve_report(self)


def curve(
    claim: Claim, grid: tuple[Fraction, ...] = GRID, checkpoint: str | Path | None = None
) -> Curve:
    """Find the best value of the second unknown constant of a bound for each value of the first.

    Each is recorded in the folder `checkpoint`, and taken from there if it is there.

    Raises:
        ValueError: as `sharpen`, or if it does not have two unknown constants.
    """
    if len(claim.unknowns) != 2:
        raise ValueError(f"{claim.name or claim.title}: expected two unknown constants")
    first, second = claim.unknowns
    points = tuple((at, sharpen(with_values(claim, {first: at}), checkpoint)) for at in grid)
    return Curve(claim, (first, second), points)
