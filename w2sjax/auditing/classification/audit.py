r"""Audit weak classifiers on a user's own data: what heads that learn from them gain, and the law of it.

The student is a softmax-linear head trained by cross-entropy on the weak model's probabilities, the ceiling
one trained on the true labels. As the ceiling is in the student's class,
$E\,\mathrm{KL}(\text{weak}\|\text{ceiling}) - E\,\mathrm{KL}(\text{student}\|\text{ceiling}) =
E\,\mathrm{KL}(\text{weak}\|\text{student})$, whatever the data: derived; see `measures`.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from w2sjax.auditing.audit import each, stream
from w2sjax.auditing.classification import measures
from w2sjax.auditing.classification.caveats import before, findings
from w2sjax.auditing.classification.data import ClassifierData
from w2sjax.auditing.classification.results import ClassifierAudit, ClassifierModelAudit, Scores
from w2sjax.auditing.classification.scoring import (
    choose,
    law,
    resampled,
    scores_of,
    with_head,
)
from w2sjax.auditing.classification.students import (
    CEILING,
    LEARN,
    STUDENT,
    Learners,
    Learnt,
    learn,
    learners,
    learnt_of,
)
from w2sjax.auditing.data import split as split_rows
from w2sjax.auditing.expansion.estimate import estimate
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.options import Options, keys_of
from w2sjax.auditing.overlap import examine
from w2sjax.auditing.recorded import recorded


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
    checkpoint: str | Path | None = None,
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
        checkpoint: a folder where heads and neighbours are recorded, and a killed audit goes on.
        progress: called with a label, what is done, and of how much.

    Raises:
        ValueError: without double precision, for a negative `bootstrap`, or a missing key.
    """
    if not jax.config.read("jax_enable_x64"):
        raise ValueError(
            "audit_classifiers needs double precision: jax.config.update('jax_enable_x64', True)"
        )
    wanted = ExpansionOptions(each(neighbours), each(radius), smallest_set)
    asked = Options(bootstrap, progress, wanted)
    split_key, *part_keys = keys_of(key, bootstrap=bootstrap, split=split)
    work = {"expansion": dataclasses.asdict(wanted)}
    part_of = recorded(checkpoint, "classifiers", data, key, split, work)
    names = ("all",) if split is None else ("fit", "held-out")
    options = [
        dataclasses.replace(asked, key=part_key, record=part_of(name))
        for name, part_key in zip(names, part_keys, strict=False)
    ]
    if split is None:
        parts = [data]
    else:
        seed = None if split_key is None else int(jax.random.bits(split_key))
        parts = list(split_rows(data, split, seed=seed))
    kept = [_counted(part) for part in parts]
    for part in kept:
        wanted.require(part.as_labels())
    heads = _learn(kept[0], options[0])
    first, *rest = (
        _measured(part, heads, name, options[place], before(whole, part, fitted=not place))
        for place, (whole, part, name) in enumerate(zip(parts, kept, names, strict=True))
    )
    return dataclasses.replace(first, held_out=rest[0] if rest else None)


def _learn(data: ClassifierData, options: Options) -> _Heads:
    features, masses = np.asarray(data.strong_features, float), data.masses
    tell, total = options.progress or (lambda label, done, total: None), len(data.weak_names) + 1
    ceiling, models = None, []

    def known(unit: str, fit: Callable[..., Any], *labels: np.ndarray) -> dict[str, Any]:
        fitted = functools.partial(fit, features, *labels, masses)
        return options.record.once(unit, lambda: dataclasses.asdict(fitted()))

    if data.truth is not None:
        ceiling = learnt_of(known("ceiling", learn, data.truth))
    for place, weak in enumerate(data.weak_probabilities):
        tell("heads", place + 1, total)
        found = known(f"heads of model {place}", learners, weak)
        models.append(Learners(**{role: learnt_of(found[role]) for role in LEARN}))
    tell("heads", total, total)
    return _Heads(tuple(models), ceiling)


def _measured(data: ClassifierData, heads: _Heads, part: str, options: Options, warnings):
    """Measure what was learnt on some points."""
    given = data.student_probabilities
    pairs = list(zip(data.weak_names, _logarithms(data, heads), heads.models, strict=True))
    models = []
    for name, logs, found in pairs:
        drawn = resampled(data, logs, options.bootstrap, options.key)
        scores = scores_of(data, logs, drawn)
        for role in LEARN:
            if role != STUDENT or given is None:
                scores[role] = with_head(scores[role], getattr(found, role))
        if heads.ceiling is not None:
            scores[CEILING] = with_head(scores[CEILING], heads.ceiling)
        models.append(
            ClassifierModelAudit(name, **{CEILING: Scores()} | scores, **law(logs, data.masses))
        )
    choice = choose(models)
    regions, of, expansion = _regions(
        data, choice["chosen"], [logs for _, logs, _ in pairs], options
    )
    top = models[0].ceiling
    report = ClassifierAudit(
        models=tuple(models),
        **choice,
        classes=data.classes,
        warnings=(),
        source=data.source,
        part=part,
        students="kept" if part == "held-out" else "fitted" if given is None else "given",
        n=len(data.strong_features),
        d=data.strong_features.shape[1],
        rank=int(heads.models[0].student.head.rank),
        has_truth=data.truth is not None,
        ceiling_gap=top.gap,
        ceiling_penalty=top.penalty,
        ceiling_status=top.status,
        bootstrap=options.bootstrap,
        overlap=regions,
        overlap_of=of,
        expansion=expansion,
    )
    more = () if expansion is None else expansion.warnings
    said = (*warnings, *findings(report), *regions.warnings, *more)
    return dataclasses.replace(report, warnings=tuple(dict.fromkeys(said)))


def _logarithms(data: ClassifierData, heads: _Heads) -> Iterator[dict[str, np.ndarray]]:
    """Give the logarithms of probabilities of each weak model's classifiers, by role."""
    features = np.asarray(data.strong_features, float)
    ceiling = {} if heads.ceiling is None else {CEILING: heads.ceiling.log_chances(features)}
    for place, found in enumerate(heads.models):
        logs = {"weak": measures.logarithms(data.weak_probabilities[place])}
        logs |= {role: getattr(found, role).log_chances(features) for role in LEARN} | ceiling
        if data.student_probabilities is not None:
            logs[STUDENT] = measures.logarithms(data.student_probabilities[place])
        yield logs


def _regions(data: ClassifierData, chosen: str | None, logs: list, options: Options):
    """Detect regions by one weak model's confidence, and estimate expansion if that is wanted."""
    of, features = chosen or data.weak_names[0], np.asarray(data.strong_features, float)
    chances = data.weak_probabilities[data.weak_names.index(of)]
    found = examine(chances, features, key=stream(options, 0), progress=options.progress)
    if not options.expansion.wanted:
        return found, of, None
    students = np.stack([np.argmax(one[STUDENT], axis=1).astype(float) for one in logs])
    expansion = estimate(
        data.as_labels(),
        students,
        options.expansion,
        regions=found.regions,
        bootstrap=options.bootstrap,
        key=stream(options, 1),
        progress=options.progress,
        record=options.record,
    )
    return found, of, expansion


def _counted(data: ClassifierData) -> ClassifierData:
    """Leave out rows of weight zero."""
    if data.weights is None or data.weights.all():
        return data
    return data.at(np.flatnonzero(data.weights))
