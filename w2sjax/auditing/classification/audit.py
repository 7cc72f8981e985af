r"""Audit weak classifiers on a user's own data: what heads that learn from them gain, and the law of it.

The student is a softmax-linear head trained by cross-entropy on the weak model's probabilities, the ceiling
one trained on the true labels. As the ceiling is in the student's class,
$E\,\mathrm{KL}(\text{weak}\|\text{ceiling}) - E\,\mathrm{KL}(\text{student}\|\text{ceiling}) =
E\,\mathrm{KL}(\text{weak}\|\text{student})$, whatever the data: derived; see `measures`.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from w2sjax.auditing.audit import each, stream
from w2sjax.auditing.bootstrap import percentile_interval
from w2sjax.auditing.classification import measures
from w2sjax.auditing.classification.caveats import before, findings
from w2sjax.auditing.classification.data import ClassifierData
from w2sjax.auditing.classification.results import ClassifierAudit, ClassifierModelAudit, Scores
from w2sjax.auditing.classification.students import (
    CEILING,
    CONFIDENT,
    HARD,
    STUDENT,
    Learners,
    Learnt,
    learn,
    learners,
)
from w2sjax.auditing.data import split as split_rows
from w2sjax.auditing.expansion.estimate import estimate
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.overlap import examine
from w2sjax.auditing.recovered import GapStatus, gap_recovered
from w2sjax.auditing.results import finite
from w2sjax.mixture.logistic import FitStatus

LEARN = (STUDENT, HARD, CONFIDENT)


@dataclasses.dataclass(frozen=True)
class _Options:
    bootstrap: int
    key: PRNGKeyArray | None
    progress: Callable[[str, int, int], None] | None
    expansion: ExpansionOptions


@dataclasses.dataclass(frozen=True)
class _Heads:
    """What was learnt on some points."""

    models: tuple[Learners, ...]
    ceiling: Learnt | None


def audit_classifiers(
    data: ClassifierData,
    *,
    bootstrap: int = 0,
    key: PRNGKeyArray | None = None,
    split: str | None = None,
    neighbours: int | Sequence[int] = (),
    radius: float | Sequence[float] = (),
    smallest_set: float = 0.0,
    progress: Callable[[str, int, int], None] | None = None,
) -> ClassifierAudit:
    """Audit every weak classifier of `data`.

    Args:
        data: from `classifier_data`. Rows of weight zero are left out. `student_probabilities`, if it has
            them, are audited as they are, instead of heads trained on the weak probabilities.
        bootstrap: resamples of the points for intervals at 95% of the performance gap recovered; the
            classifiers are kept.
        key: needed for a bootstrap and a random split.
        split: "0.3" holds out a random 30% of the rows, "last:0.3" the last: heads are fitted on the others,
            and `held_out` measures them on these.
        neighbours, radius, smallest_set: as for `audit`, with the likeliest classes for labels.
        progress: called with a label, what is done, and of how much.

    Raises:
        ValueError: without double precision, for a negative `bootstrap`, or a missing key.
    """
    if not jax.config.read("jax_enable_x64"):
        raise ValueError(
            "audit_classifiers needs double precision: jax.config.update('jax_enable_x64', True)"
        )
    if bootstrap < 0:
        raise ValueError(f"bootstrap: expected 0 or more resamples, got {bootstrap}")
    random = split is not None and not split.startswith("last:")
    if key is None and (bootstrap or random):
        what = "a bootstrap" if bootstrap else "a random split"
        raise ValueError(f"key: {what} needs one, such as jax.random.key(0)")
    wanted = ExpansionOptions(each(neighbours), each(radius), smallest_set)
    keys: list = [None] * 3 if key is None else list(jax.random.split(key, 3))
    options = [_Options(bootstrap, k, progress, wanted) for k in keys[1:]]
    if split is None:
        parts = [data]
    else:
        seed = None if key is None else int(jax.random.bits(keys[0]))
        parts = list(split_rows(data, split, seed=seed))
    kept = [_counted(part) for part in parts]
    for part in kept:
        wanted.require(part.as_labels())
    heads = _learn(kept[0], progress)
    names = ("all",) if split is None else ("fit", "held-out")
    first, *rest = (
        _measured(part, heads, name, options[place], before(whole, part))
        for place, (whole, part, name) in enumerate(zip(parts, kept, names, strict=True))
    )
    return dataclasses.replace(first, held_out=rest[0] if rest else None)


def _learn(data: ClassifierData, progress) -> _Heads:
    features, masses = np.asarray(data.strong_features, float), data.masses
    tell, total = progress or (lambda label, done, total: None), len(data.weak_names) + 1
    ceiling = None if data.truth is None else learn(features, data.truth, masses)
    models = []
    for place, weak in enumerate(data.weak_probabilities):
        tell("heads", place + 1, total)
        models.append(learners(features, weak, masses))
    tell("heads", total, total)
    return _Heads(tuple(models), ceiling)


def _measured(data: ClassifierData, heads: _Heads, part: str, options: _Options, warnings):
    """Measure what was learnt on some points."""
    features, weak = np.asarray(data.strong_features, float), data.weak_probabilities
    ceiling = None if heads.ceiling is None else heads.ceiling.log_chances(features)
    models, students = [], []
    for place, (name, found) in enumerate(zip(data.weak_names, heads.models, strict=True)):
        logs = {role: getattr(found, role).log_chances(features) for role in LEARN}
        logs = {"weak": measures.logarithms(weak[place])} | logs
        if data.student_probabilities is not None:
            logs[STUDENT] = measures.logarithms(data.student_probabilities[place])
        if ceiling is not None:
            logs[CEILING] = ceiling
        scores = _scores(data, logs, options)
        for role in LEARN:
            if role != STUDENT or data.student_probabilities is None:
                scores[role] = _with_head(scores[role], getattr(found, role))
        if heads.ceiling is not None:
            scores[CEILING] = _with_head(scores[CEILING], heads.ceiling)
        law = _law(logs, data.masses)
        models.append(ClassifierModelAudit(name=name, **{CEILING: Scores()} | scores, **law))
        students.append(np.argmax(logs[STUDENT], axis=1).astype(float))
    choice = _choice(models)
    of = choice["chosen"] or data.weak_names[0]
    tell = options.progress
    overlap = examine(
        weak[data.weak_names.index(of)], features, key=stream(options, 0), progress=tell
    )
    expansion = None
    if options.expansion.wanted:
        settings = {"bootstrap": options.bootstrap, "key": stream(options, 1), "progress": tell}
        given = (data.as_labels(), np.stack(students), options.expansion)
        expansion = estimate(*given, regions=overlap.regions, **settings)
    top = Scores() if heads.ceiling is None else _with_head(Scores(), heads.ceiling)
    given = data.student_probabilities is not None
    report = ClassifierAudit(
        models=tuple(models),
        **choice,
        classes=data.classes,
        warnings=(),
        source=data.source,
        part=part,
        students="given" if given else "kept" if part == "held-out" else "fitted",
        n=len(features),
        d=features.shape[1],
        has_truth=data.truth is not None,
        ceiling_gap=top.gap,
        ceiling_penalty=top.penalty,
        ceiling_status=top.status,
        bootstrap=options.bootstrap,
        overlap=overlap,
        overlap_of=of,
        expansion=expansion,
    )
    more = () if expansion is None else expansion.warnings
    said = (*warnings, *findings(report), *overlap.warnings, *more)
    return dataclasses.replace(report, warnings=tuple(dict.fromkeys(said)))


def _scores(data: ClassifierData, logs: dict[str, np.ndarray], options: _Options) -> dict[str, Any]:
    """Scores of the classifiers by role; nothing without a truth."""
    if data.truth is None:
        return {role: Scores() for role in logs}
    masses, truth, codes = data.masses, data.truth, np.argmax(data.truth, axis=1)
    right = {role: np.argmax(found, axis=1) == codes for role, found in logs.items()}
    # Whole numbers add up exactly, so that equal accuracies are equal.
    weights = np.ones(len(masses)) if data.weights is None else data.weights
    drawn = _resampled(weights, right, options)
    accuracies = {role: float(weights[hits].sum() / weights.sum()) for role, hits in right.items()}
    scores = {}
    for role, found in logs.items():
        recovered: dict[str, Any] = {}
        if role in LEARN:
            three = [accuracies[one] for one in ("weak", role, CEILING)]
            ratio = gap_recovered(*map(np.asarray, three))
            recovered = {
                "gap_recovered": finite(ratio.value),
                "gap_status": GapStatus(int(ratio.status)).name,
                "gap_interval": _interval(drawn, role),
            }
        scores[role] = Scores(
            accuracy=accuracies[role],
            log_loss=finite(measures.log_loss(found, truth, masses)),
            calibration_error=measures.calibration_error(np.exp(found), codes, masses),
            **recovered,
        )
    return scores


def _resampled(weights, right: dict[str, np.ndarray], options: _Options) -> dict[str, np.ndarray]:
    """Accuracies on resamples of the points, the same resamples for all classifiers."""
    if not options.bootstrap or options.key is None:
        return {}
    random = np.random.default_rng(np.asarray(jax.random.key_data(options.key)).ravel().tolist())
    hits = np.stack(list(right.values())).astype(float)
    found = []
    for _ in range(options.bootstrap):
        rows = random.integers(0, len(weights), len(weights))
        weighed = weights[rows]
        found.append(hits[:, rows] @ weighed / weighed.sum())
    return dict(zip(right, np.stack(found, axis=1), strict=True))


def _interval(drawn: dict[str, np.ndarray], role: str):
    """Percentiles of the ratio; None where some resample leaves it undefined or the ceiling is below."""
    if not drawn:
        return None
    ratio = gap_recovered(drawn["weak"], drawn[role], drawn[CEILING])
    ratios = np.where(
        np.asarray(ratio.status) == GapStatus.DEFINED, np.asarray(ratio.value), np.nan
    )
    return percentile_interval(ratios)


def _with_head(scores: Scores, learnt: Learnt) -> Scores:
    head = learnt.head
    return dataclasses.replace(
        scores,
        penalty=float(head.penalty),
        status=FitStatus(int(head.status)).name,
        gap=finite(head.gap),
        smoothed=learnt.smoothed,
        settled=learnt.settled,
    )


def _law(logs: dict[str, np.ndarray], masses) -> dict[str, float | None]:
    misfit, error = measures.kl(logs["weak"], logs[STUDENT], masses)
    found: dict[str, float | None] = {"kl_misfit": finite(misfit), "rounding": finite(error)}
    if CEILING in logs:
        above, first = measures.kl(logs["weak"], logs[CEILING], masses)
        left, second = measures.kl(logs[STUDENT], logs[CEILING], masses)
        lost, third = measures.defect(logs["weak"], logs[STUDENT], logs[CEILING], masses)
        found |= {
            "kl_gain_to_ceiling": finite(above - left),
            "kl_to_ceiling": finite(left),
            "defect": finite(lost),
            "rounding": finite(error + first + second + third),
        }
    return found


def _choice(models: Sequence[ClassifierModelAudit]) -> dict[str, Any]:
    """Choose the student that is closest to the ceiling; nobody without a truth."""
    usable = [m for m in models if m.kl_to_ceiling is not None and m.rounding is not None]
    if not usable:
        return {"chosen": None, "certified": False, "best": None, "regret": None}
    chosen = min(usable, key=lambda m: m.kl_to_ceiling)
    best = max(usable, key=lambda m: m.student.accuracy)
    certified = len(usable) == len(models) and all(
        chosen.kl_to_ceiling + chosen.rounding < m.kl_to_ceiling - m.rounding
        for m in usable
        if m is not chosen
    )
    regret = best.student.accuracy - chosen.student.accuracy
    return {"chosen": chosen.name, "certified": certified, "best": best.name, "regret": regret}


def _counted(data: ClassifierData) -> ClassifierData:
    """Leave out rows of weight zero."""
    if data.weights is None or data.weights.all():
        return data
    return data.at(np.flatnonzero(data.weights))
