"""Sentences that an audit of classifiers owes its reader."""

import numpy as np

from w2sjax.auditing.classification.data import ClassifierData
from w2sjax.auditing.classification.results import ClassifierAudit
from w2sjax.mixture.logistic import FitStatus

WHO = {
    "student": "student",
    "hard_labels": "hard-label student",
    "confidence_loss": "confidence-loss student",
}


def before(given: ClassifierData, counted: ClassifierData, *, fitted: bool) -> tuple[str, ...]:
    """Say what can be seen before anything is learnt; `counted` is without rows of weight zero."""
    sentences = list(given.notes)
    rows, width = counted.strong_features.shape
    zeros = len(given.strong_features) - rows
    if zeros:
        sentences.append(f"{zeros} weights are zero: n = {rows} rows count")
    if fitted and rows <= width:
        sentences.append(
            f"n = {rows} is no more than d = {width}: heads can fit any labels, so that the student is the "
            "weak model (misfit 0) and the ceiling is the truth"
        )
    for name, weak in zip(counted.weak_names, counted.weak_probabilities, strict=True):
        if np.all(weak == weak[:1]):
            sentences.append(f"{name} says the same of every point: its student is that constant")
        certain = int(np.count_nonzero(weak.max(axis=1) == 1))
        if certain:
            sentences.append(
                f"{name} is certain (probability 1) of {certain} of {rows} points: one that is wrong there "
                "has no finite log loss, and a free head need not have a minimum"
            )
    if counted.truth is not None:
        missing = [
            counted.classes[place] for place in np.flatnonzero(counted.masses @ counted.truth == 0)
        ]
        if missing:
            sentences.append(f"no point is of class {', '.join(missing)}")
    return tuple(sentences)


def findings(report: ClassifierAudit) -> tuple[str, ...]:
    """Say what the numbers show."""
    sentences = []
    penalty = f"(penalty 1/n = {1 / report.n:.3g})"
    if report.part != "held-out":
        if report.ceiling_penalty:
            sentences.append(
                f"the true labels have no certified free minimum (they are separable, or nearly): the "
                f"ceiling is penalised {penalty}; the law holds with any head for a ceiling"
            )
        for role, who in WHO.items():
            found = [model.name for model in report.models if getattr(model, role).penalty]
            if found and role == "student":
                sentences.append(
                    f"the student of {_all(report, found)} is penalised {penalty}, as its free fit has no "
                    "certified minimum: the law's defect is then not 0"
                )
            elif found:
                sentences.append(f"the {who} of {_all(report, found)} is penalised {penalty}")
    if report.rank < report.d and report.part != "held-out":
        sentences.append(
            f"{report.d - report.rank} of d = {report.d} directions of the features are constant or lost in "
            "rounding: heads do not use them, and certificates are about the others"
        )
    smoothed = [m.name for m in report.models if any(s.smoothed for s in m.roles.values())]
    if smoothed:
        sentences.append(
            f"some head of {_all(report, smoothed)} learns from labels without some class: they are mixed "
            "with one point of equal probabilities"
        )
    restless = [m.name for m in report.models if not m.confidence_loss.settled]
    if restless:
        sentences.append(f"the confidence loss of {_all(report, restless)} has not settled")
    loose = sum(
        s.status is not None and s.status != FitStatus.CERTIFIED.name
        for m in report.models
        for s in m.roles.values()
    )
    if loose:
        sentences.append(
            f"{loose} heads are not certified: a gap, where there is one, is all that is proved of them"
        )
    return (*sentences, *_of_truth(report))


def _of_truth(report: ClassifierAudit) -> list[str]:
    if not report.has_truth:
        return ["no labels: there is no ceiling, and nothing is chosen"]
    sentences = []
    undefined = [m.name for m in report.models if m.student.gap_status == "UNDEFINED"]
    below = [m.name for m in report.models if m.student.gap_status == "BELOW"]
    if undefined:
        sentences.append(
            f"gap recovered is undefined for {_all(report, undefined)}: the ceiling is no more accurate"
        )
    if below:
        sentences.append(
            f"the ceiling is less accurate than {_all(report, below)}: gap recovered is not to be trusted (!)"
        )
    lost = [m.name for m in report.models if report.bootstrap and m.student.gap_interval is None]
    if lost:
        sentences.append(
            f"bootstrap: no interval for {_all(report, lost)}, as the ceiling is not above the weak model "
            "on every resample"
        )
    worse = [
        m.name
        for m in report.models
        if m.kl_gain_to_ceiling is not None
        and m.rounding is not None
        and m.kl_gain_to_ceiling > m.rounding
        and (m.student.accuracy or 0) < (m.weak.accuracy or 0)
    ]
    if worse:
        sentences.append(
            f"the student of {_all(report, worse)} is closer to the ceiling, and yet less accurate"
        )
    return sentences


def _all(report: ClassifierAudit, names: list[str]) -> str:
    if len(names) == len(report.models) > 1:
        return "every weak model"
    return ", ".join(names)
