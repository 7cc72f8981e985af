"""Sentences that an audit owes its reader: what makes it say less than one may expect."""

import dataclasses

import numpy as np

from w2sjax.auditing.bootstrap import NAMES
from w2sjax.auditing.classes import Choice
from w2sjax.auditing.data import AuditData
from w2sjax.auditing.results import Audit
from w2sjax.projecting.certificate import Status
from w2sjax.projecting.sets import Monotone
from w2sjax.projecting.sets.convex_set import members

CROWDED = 0.1  # features a point above which refitting on resamples is visibly biased


def caveats(choice: Choice, data: AuditData, *, learnt_elsewhere: bool) -> tuple[str, ...]:
    """Say what can be seen before anything is computed, zero weights not yet left out."""
    if not choice.own_features or learnt_elsewhere:
        # A class without these features, or a student from other points, does not fit any labels.
        narrow = np.zeros((len(data.strong_features), 1))
        data = dataclasses.replace(data, strong_features=narrow)
    sentences = list(data.warnings)
    if choice.of_values:
        sentences.append(
            f"{choice.label} constrains function values: strong_features only count the rows"
        )
        if any(isinstance(part, Monotone) for part in members(choice.set)):
            sentences.append(
                f"{choice.label} takes the rows in the order of the data: sort them by the "
                "feature in which functions are to be nondecreasing"
            )
    elif not choice.own_features:
        sentences.append(f"{choice.label} brings its own features: strong_features are not used")
    return tuple(sentences)


def findings(report: Audit) -> tuple[str, ...]:
    """Say what the numbers of a finished audit show."""
    count, total, rank, d = report.statuses, len(report.models), report.rank, report.d
    deficient = rank is not None and d is not None and rank < d and not report.unresolved
    broken, loose = (count.get(status.name, 0) for status in (Status.NONFINITE, Status.LOOSE))
    projected = report.students == "projected"
    crowded = report.bootstrap and d is not None and rank and rank > CROWDED * report.n
    lost = report.bootstrap and sum(
        getattr(model, name) is not None and model.interval(name) is None
        for model in report.models
        for name in NAMES
    )
    remarks = {
        f"{report.unresolved} direction(s) of the strong features are lost in rounding and not proved "
        "to be null (columns that depend on each other nearly, but not exactly): where a reach is "
        "given, students are certified only among functions whose coefficients, in units of the "
        "columns' lengths, are at most that long, and nothing is guaranteed; leave out a column of "
        "each such group": report.unresolved,
        f"strong features have rank {rank} of d = {d}: a student's values are unique, its "
        "coefficients are not": deficient,
        f"n = {report.n} held-out points for d = {d} features: epsilon is measured against a class "
        "that fits them all (unless it is constrained)": report.part == "held-out"
        and d is not None
        and report.n <= d,
        f"{broken} of {total} students have numbers that are not finite: overflow": broken,
        f"{loose} of {total} projections are not certified: their gaps hold, but are larger than the "
        "tolerance or hold up to a reach only": loose and projected,
        "the target's best fit is not certified to the tolerance: its distance from the class may be "
        "smaller than epsilon": report.target_status not in (None, Status.CERTIFIED.name),
        f"bootstrap: {rank} features are not few beside n = {report.n}; students refitted on "
        "resamples overfit, so intervals of misfit, student error and epsilon are too low": crowded
        and projected,
        f"bootstrap: {lost} intervals are left out, some resample is not finite": lost,
    }
    return tuple(sentence for sentence, holds in remarks.items() if holds)


def weighted(data: AuditData) -> tuple[str, ...]:
    """Say that detection counts points, where their weights differ."""
    if data.weights is None or np.all(data.weights == data.weights[0]):
        return ()
    return ("overlap points are counted one by one, whatever their weights",)
