"""Sentences that estimates of expansion owe their reader."""

from w2sjax.auditing.data import AuditData
from w2sjax.auditing.expansion.regions import CORRECTION
from w2sjax.auditing.expansion.results import Expansion

FEW = 30  # points in a region below which a ratio of shares says little


def caveats(report: Expansion, data: AuditData) -> tuple[str, ...]:
    """Say what in these data makes the estimates say less than one may expect."""
    rows = len(data.strong_features)
    isolated = {found.name: found.isolated for found in report.neighbourhoods if found.isolated}
    tied = {found.name: found.tied for found in report.neighbourhoods if found.tied}
    first = [row for row in report.estimates if row.neighbourhood == report.neighbourhoods[0].name]
    few = sum(0 < min(row.source, row.target) < FEW for row in first)  # whatever the neighbours
    remarks = {
        "without a target nobody knows which labels of a weak model are wrong: no constant and no "
        "bound can be given, only how often students differ from their teachers and from themselves "
        "among neighbours": data.target is None,
        f"{_listed(isolated, rows)} have no neighbour; they count as robust and reach nothing": isolated,
        f"{_listed(tied, rows)} are as far from a point left out as from their last neighbour; of such "
        "points those that come first are taken": tied,
        f"predictions become the nearest of {len(report.labels)} labels, which means something only if "
        "labels that are close as numbers are close": len(report.labels) != 2,
        f"{few} of {len(first)} pairs of regions have fewer than {FEW} points in one of them: their "
        "constants are noise": few,
        "the hard-only and overlap points are detected, not known; the statements hold for any "
        "regions, but may not be about those of the theorem": any(
            row.statement != CORRECTION for row in first
        ),
    }
    return tuple(f"expansion: {sentence}" for sentence, holds in remarks.items() if holds)


def _listed(counts: dict[str, int], rows: int) -> str:
    """Write counts by neighbourhood: "of 90 points 3 (k = 5), 4 (k = 10)"."""
    parts = ", ".join(f"{count} ({name})" for name, count in counts.items())
    return f"of {rows} points {parts}"
