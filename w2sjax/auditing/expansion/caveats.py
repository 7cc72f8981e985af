"""Sentences that estimates of expansion owe their reader."""

from w2sjax.auditing.data import AuditData
from w2sjax.auditing.expansion.regions import CORRECTION
from w2sjax.auditing.expansion.results import Expansion

FEW = 30  # points in a region below which a ratio of shares says little


def caveats(report: Expansion, data: AuditData) -> tuple[str, ...]:
    """Say what in these data makes the estimates say less than one may expect."""
    rows = len(data.strong_features)
    sentences = []
    if data.target is None:
        sentences.append(
            "expansion: without a target nobody knows which labels of a weak model are wrong: no "
            "constant and no bound can be given, only how often students differ from their "
            "teachers and from themselves among neighbours"
        )
    isolated = {found.name: found.isolated for found in report.neighbourhoods if found.isolated}
    if isolated:
        sentences.append(
            f"expansion: {_listed(isolated, rows)} have no neighbour; they count as robust and reach "
            "nothing"
        )
    tied = {found.name: found.tied for found in report.neighbourhoods if found.tied}
    if tied:
        sentences.append(
            f"expansion: {_listed(tied, rows)} are as far from a point left out as from their last "
            "neighbour; of such points those that come first are taken"
        )
    return (*sentences, *_of_labels(report), *_of_regions(report))


def _listed(counts: dict[str, int], rows: int) -> str:
    """Write counts by neighbourhood: "of 90 points 3 (k = 5), 4 (k = 10)"."""
    parts = ", ".join(f"{count} ({name})" for name, count in counts.items())
    return f"of {rows} points {parts}"


def _of_labels(report: Expansion) -> list[str]:
    if len(report.labels) == 2:
        return []
    return [
        f"expansion: predictions become the nearest of {len(report.labels)} labels, which means "
        "something only if labels that are close as numbers are close"
    ]


def _of_regions(report: Expansion) -> list[str]:
    """Judge the sizes, which do not depend on the neighbourhoods."""
    sentences = []
    first = report.neighbourhoods[0].name
    rows = [row for row in report.estimates if row.neighbourhood == first]
    few = sum(0 < min(row.source, row.target) < FEW for row in rows)
    if few:
        sentences.append(
            f"expansion: {few} of {len(rows)} pairs of regions have fewer than {FEW} points in one of "
            "them: their constants are noise"
        )
    if any(row.statement != CORRECTION for row in rows):
        sentences.append(
            "expansion: the hard-only and overlap points are detected, not known; the statements "
            "hold for any regions, but may not be about those of the theorem"
        )
    return sentences
