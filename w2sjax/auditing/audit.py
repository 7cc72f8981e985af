r"""Audit weak models on a user's own data: what their students gain, and what is guaranteed.

Each weak model is projected on the strong class, $f_{sw} = \arg\min_{f \in V} d(f, f_w)$, and the
gain $d(f_w, f^*) - d(f_{sw}, f^*)$ is set beside the misfit $d(f_{sw}, f_w)$, which bounds it from
below where the target lies in the class: Charikar, Pabbaraju, Shiragur (2024), Theorem 1,
arXiv:2405.15116.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from w2sjax.auditing import data as auditing_data
from w2sjax.auditing.bootstrap import resampled
from w2sjax.auditing.caveats import caveats, findings, weighted
from w2sjax.auditing.classes import Choice, choose
from w2sjax.auditing.data import AuditData
from w2sjax.auditing.expansion.estimate import estimate
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.expansion.results import Expansion
from w2sjax.auditing.options import TOLERANCE, Options, keys_of
from w2sjax.auditing.overlap import Overlap, examine
from w2sjax.auditing.pieces import unchanged
from w2sjax.auditing.quantities import Student
from w2sjax.auditing.ranking import rank
from w2sjax.auditing.recorded import recorded
from w2sjax.auditing.results import Audit, model_audit
from w2sjax.auditing.sizes import sizes
from w2sjax.auditing.students import in_blocks, measured, too_large
from w2sjax.machine.records import fingerprint
from w2sjax.machine.sharded import spread
from w2sjax.projecting.certificate import Status
from w2sjax.projecting.projection import MAX_STEPS
from w2sjax.projecting.sets import ConvexSet


def audit(
    data: AuditData,
    convex_set: ConvexSet | str = "affine",
    *,
    intercept: bool | None = None,
    bootstrap: int = 0,
    key: PRNGKeyArray | None = None,
    split: str | None = None,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
    neighbours: int | Sequence[int] = (),
    radius: float | Sequence[float] = (),
    smallest_set: float = 0.0,
    checkpoint: str | Path | None = None,
    memory: float | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Audit:
    """Audit every weak model of `data` against a convex strong class.

    Args:
        data: from `w2sjax.auditing.data.load` or `audit_data`. Rows of weight zero are left out.
            `student_predictions`, if it has them, are audited as they are, instead of projections.
            With `weak_probabilities` the regions of the points are detected.
        convex_set: a set of coefficients over the strong features, a set of values (which takes no
            features; `monotone` takes the rows in the order given), or how the command line writes
            one. An `rkhs_ball` with a kernel brings its own features.
        intercept: whether to add a free constant; by default only for `affine`, which without it is
            `subspace`.
        bootstrap: resamples of the points for percentile intervals at 95%. Students are projected
            anew on every resample, but given students and those of a held-out part are kept.
        key: needed for a bootstrap and for a random split; without one, detected regions come
            without resamples and tests.
        split: "0.3" holds out a random 30% of the rows, "last:0.3" the last 30%. The students are
            fitted on the other rows, and `held_out` measures them on the rows held out: best fit
            and gap are those of the held-out measure.
        tolerance: gap up to which a status is CERTIFIED, relative to the mean square of the weak
            model's predictions; no number depends on it.
        max_steps: as for `project`.
        neighbours, radius: estimate expansion constants for neighbourhoods of these numbers of nearest
            points, and of these radii; needs labels: a target of few values, or predictions of labels.
        smallest_set: q, the share of their region up to which sets do not count for the constants.
        checkpoint: a folder where what is done is recorded, from which a killed audit goes on.
        memory: gigabytes that may be used, by default those that are free: features that would take more
            are read block by block, as are 2**24 of them or more.
        progress: called with a label, what is done of it (resamples, rows, points) and how much there is.

    Raises:
        ValueError: without double precision, for a set or option that does not fit the data, or a
            missing key.
    """
    if not jax.config.read("jax_enable_x64"):
        raise ValueError("audit needs double precision: jax.config.update('jax_enable_x64', True)")
    wanted = ExpansionOptions(each(neighbours), each(radius), smallest_set)
    options = Options(bootstrap, progress, wanted, tolerance, max_steps, memory)
    choice = choose(convex_set, data, intercept)
    by_rows = wanted.wanted or split is not None or data.weak_probabilities is not None
    if by_rows or choice.of_values:
        choice = dataclasses.replace(choice, data=choice.data.together())
    given = _counted(choice.data)
    if bootstrap and given.weights is not None and not given.weights.all():
        raise ValueError("bootstrap: rows that devices share have zero weights; leave them out")
    wanted.require(given)
    split_key, *part_keys = keys_of(key, bootstrap=bootstrap, split=split)
    work = {
        "set": [choice.label, fingerprint(jax.tree.leaves(choice.set)), choice.intercept],
        "expansion": dataclasses.asdict(wanted),
        "numbers": [bootstrap, tolerance, max_steps, memory],
    }
    part_of = recorded(checkpoint, "audit", choice.data, key, split, work)
    fitting, measuring = (
        dataclasses.replace(options, key=key, record=part_of(part))
        for key, part in zip(part_keys, ("fit", "held-out"), strict=True)
    )
    with unchanged(data.strong_features):
        if split is None:
            return _audit_part(choice, choice.data, "all", None, fitting)[0]
        if choice.of_values:
            raise ValueError(
                f"split: a function in the set of values {choice.label!r} has no values at held-out "
                "points; use a set of coefficients"
            )
        seed = None if key is None else int(jax.random.bits(split_key))
        fit_data, held_data = auditing_data.split(choice.data, split, seed=seed)
        for part in (fit_data, held_data):
            wanted.require(_counted(part))
        fitted, students = _audit_part(choice, fit_data, "fit", None, fitting)
        held, _ = _audit_part(choice, held_data, "held-out", students, measuring)
    return dataclasses.replace(fitted, held_out=held)


def _audit_part(
    choice: Choice, data: AuditData, part: str, fitted: Student | None, options: Options
) -> tuple[Audit, Student]:
    """Audit one set of points; also gives the students' coefficients, for other points."""
    warnings = caveats(choice, data, learnt_elsewhere=fitted is not None)
    data = _counted(data)
    weak, given = data.weak_predictions, data.student_predictions
    students = Student(values=given) if given is not None else fitted or Student()
    target = None if data.target is None else jnp.asarray(data.target)
    settings = {"tolerance": options.tolerance, "max_steps": options.max_steps}
    large = too_large(choice.data.strong_features.size, options)  # parts are read as the whole is
    streamed = large and not choice.of_values and spread(data.strong_features) is None
    hypothesis, status, found, learnt = measured(
        choice, data, students, target, options, streamed=streamed
    )
    samples = {}
    if options.bootstrap and options.key is not None:
        how = {"count": options.bootstrap, "key": options.key, "progress": options.progress}
        how |= {"memory": options.room, "record": options.record}
        samples = resampled(hypothesis, weak, students, target, **how, **settings)
    overlap = _overlap(data, options, large=large)
    expansion = None
    if options.expansion.wanted:
        predictions = learnt.predictions(hypothesis.features) if given is None else given
        expansion = _expansion(data, predictions, overlap, options)
    known = target is not None
    report = Audit(
        models=tuple(
            model_audit(name, i, found, samples, hypothesis.size, known_target=known)
            for i, name in enumerate(data.weak_names)
        ),
        warnings=(),
        source=data.source,
        part=part,
        set=choice.label,
        intercept=choice.intercept,
        has_target=known,
        students="given" if given is not None else "projected" if fitted is None else "fitted",
        target_status=None if status is None else Status(status).name,
        bootstrap=options.bootstrap,
        overlap=overlap,
        expansion=expansion,
        **rank(found, data.weak_names),
        **sizes(hypothesis),
    )
    if overlap is not None:
        warnings = (*warnings, *weighted(data), *overlap.warnings)
    if expansion is not None:
        warnings = (*warnings, *expansion.warnings)
    return dataclasses.replace(report, warnings=(*warnings, *findings(report))), learnt


def each(given: Any) -> tuple:
    """Give one number, or each of several once."""
    return tuple(dict.fromkeys(given if isinstance(given, Sequence) else (given,)))


def stream(options: Any, place: int) -> PRNGKeyArray | None:
    """Another stream of random numbers than the bootstrap's, whose samples are not to change."""
    return None if options.key is None else jax.random.fold_in(options.key, 2**31 + place)


def _overlap(data: AuditData, options: Options, *, large: bool) -> Overlap | None:
    if data.weak_probabilities is None:
        return None
    key, features = stream(options, 0), data.strong_features
    if large:
        features = in_blocks(data, options)
    return examine(data.weak_probabilities, features, key=key, progress=options.progress)


def _expansion(data, students, overlap: Overlap | None, options: Options) -> Expansion:
    return estimate(
        data,
        students,
        options.expansion,
        regions=None if overlap is None else overlap.regions,
        bootstrap=options.bootstrap,
        key=stream(options, 1),
        progress=options.progress,
        record=options.record,
    )


def _counted(data: AuditData) -> AuditData:
    """Leave out rows of weight zero, which no quantity depends on, unless devices share them."""
    if data.weights is None or spread(data.strong_features) is not None or data.weights.all():
        return data
    return data.at(np.flatnonzero(data.weights))
