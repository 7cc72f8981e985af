"""What the expansion part of an audit reports."""

import dataclasses
from typing import NamedTuple

from w2sjax.auditing.bootstrap import Interval


class Bound(NamedTuple):
    """A bound, or None and the reason why there is none."""

    value: float | None
    reason: str


@dataclasses.dataclass(frozen=True)
class Neighbourhood:
    """What one choice of neighbourhoods looks like.

    Attributes:
        name: how it was asked for.
        mean_size, largest: how many neighbours a point has.
        isolated: points without neighbours, where everything is robust.
        tied: points that have their last neighbour at the distance of one left out.
        truth_crossing: share of the points with a neighbour of another true label; None without target.
    """

    name: str
    mean_size: float
    largest: int
    isolated: int
    tied: int
    truth_crossing: float | None


@dataclasses.dataclass(frozen=True)
class Agreement:
    r"""What needs no target, of a student f and its teacher on all points.

    Attributes:
        neighbourhood: its name.
        weak_model: the teacher's name.
        disagreement: $P(f \ne \tilde y)$.
        fragile: $P(R(f)^c)$, the share of points with a neighbour that f labels otherwise.
    """

    neighbourhood: str
    weak_model: str
    disagreement: float
    fragile: float


@dataclasses.dataclass(frozen=True)
class Estimate:
    r"""One statement about the points of one label, for one teacher, its student f and neighbourhood.

    S, where the teacher counts, are the points of the label: all of them, the confident ones, or the
    overlap points. The statement is about S, or about T, the hard-only points.

    Attributes:
        statement: the name of the claim.
        neighbourhood: its name.
        weak_model: the teacher's name.
        label: the value of the target.
        source: points in the region B whose sets expand: right labels of S, or T.
        target: points in the region A into which they do: wrong labels of S, or right ones.
        set_share: $P(U|B)$ of f's own set.
        ratio: $P(N(U)|A) / P(U|B)$ of f's own set; None if it has no more than q.
        constant: c, the least ratio over all students; None if no set has more than q.
        constant_interval: of c over resamples of the points; sets, regions and neighbourhoods are kept.
        ratios: of every student's set.
        alpha: $P(\tilde y \ne y|S)$.
        disagreement: $P(f \ne \tilde y|S)$.
        fragile: $P(R(f)^c|\cdot)$, on S or T as the statement needs.
        bound: of the error, by c.
        own_bound: of the error, by the ratio of f's own set: the statement for the family of f alone.
        reason: why there is no bound by c; empty if there is one.
        error: $P(f \ne y|\cdot)$, on S or T.
    """

    statement: str
    neighbourhood: str
    weak_model: str
    label: float
    source: int
    target: int
    set_share: float
    ratio: float | None
    constant: float | None
    constant_interval: Interval
    ratios: tuple[float | None, ...]
    alpha: float
    disagreement: float
    fragile: float
    bound: float | None
    own_bound: float | None
    reason: str
    error: float


@dataclasses.dataclass(frozen=True)
class Expansion:
    """The expansion part of an audit.

    Attributes:
        smallest_set: q.
        labels: values that the labels stand for.
        cuts: predictions from a cut on get the label above it.
        neighbourhoods: one for each that was asked for.
        agreements: for each neighbourhood and weak model.
        estimates: for each statement, neighbourhood, label and weak model; none without a target.
        warnings: sentences about what makes the numbers say less than one may expect.
    """

    smallest_set: float
    labels: tuple[float, ...]
    cuts: tuple[float, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    agreements: tuple[Agreement, ...]
    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...] = ()
