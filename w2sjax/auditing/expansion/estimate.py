r"""Expansion constants on real features, and what they say of the students' errors.

The points of one label, the target's, are a finite world of the claims `pseudolabel_correction_tight`,
`coverage_good_side` and `hard_error`: the weak model is the teacher, the students are the family, and
neighbours in feature space are the neighbourhoods. A set U in B has the ratio $P(N(U)|A) / P(U|B)$; c is
the least over the students whose sets have more than q.

Reference. Lang, Sontag, Vijayaraghavan (2024), Theorems B.1 and B.3, arXiv:2405.16043; Shin, Cooper, Sala
(2025), Theorem 4.1 in its derived form, arXiv:2412.03881. Estimates on a sample: derived.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float64, Int, PRNGKeyArray

from w2sjax.auditing.bootstrap import Interval, percentile_interval, resample_counts
from w2sjax.auditing.data import AuditData
from w2sjax.auditing.expansion import bounds
from w2sjax.auditing.expansion.caveats import caveats
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.expansion.regions import CORRECTION, Case, cases
from w2sjax.auditing.expansion.results import Agreement, Estimate, Expansion, Neighbourhood
from w2sjax.auditing.labels import cuts, labels
from w2sjax.auditing.neighbours import Neighbourhoods, nearest, within
from w2sjax.auditing.recorded import neighbourhoods
from w2sjax.auditing.results import finite
from w2sjax.machine.records import UNRECORDED, Part

BLOCK = 2**22  # masses of resamples looked at together: 32 MB
KEPT = 2**25  # counts of resamples that are held: 128 MB


@dataclasses.dataclass(frozen=True, eq=False)
class _Labelled:
    """An audit's points with labels in place of numbers; `truth` is None where it is not known."""

    data: AuditData
    values: Float64[np.ndarray, " c"]
    masses: Float64[np.ndarray, " n"]
    truth: Int[np.ndarray, " n"] | None
    teachers: Int[np.ndarray, "m n"]
    students: Int[np.ndarray, "m n"]
    regions: Int[np.ndarray, " n"] | None
    counts: Callable[[], Iterable[np.ndarray]] | None

    def share(self, event: Bool[np.ndarray, " n"], given: Any = True) -> float:
        """P(event | given); 0 where `given` is empty. Everything is given by default."""
        whole = self.masses.sum(where=given)
        return float(self.masses.sum(where=event & given) / whole) if whole else 0.0


def estimate(
    data: AuditData,
    students: Float64[np.ndarray, "m n"],
    wanted: ExpansionOptions,
    *,
    regions: Int[np.ndarray, " n"] | None = None,
    bootstrap: int = 0,
    key: PRNGKeyArray | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    record: Part = UNRECORDED,
) -> Expansion:
    """Estimate the constants and evaluate the bounds, for every neighbourhood that is wanted.

    The neighbourhoods are those that `ExpansionOptions.require` lets pass.

    Args:
        data: points of positive weight; predictions and target become labels by `labels.cuts`.
        students: what the students predict, a row for each weak model: the family.
        wanted: the neighbourhoods, and q.
        regions: detected regions; without them nothing is said of hard-only points.
        bootstrap: resamples for intervals of c; needs a key.
        key: for the resamples.
        progress: called with a label, the points whose neighbours are found and their number.
        record: of the neighbourhoods.

    Raises:
        ValueError: for numbers of neighbours and radii out of range, and for data without labels.
    """
    features = data.strong_features
    how = {"record": record, "progress": progress}
    found = [
        *neighbourhoods(record, "nearest", lambda: nearest(features, wanted.neighbours, **how)),
        *neighbourhoods(record, "within", lambda: within(features, wanted.radius, **how)),
    ]
    counts = None
    if key is not None and bootstrap:
        counts = _resamples(key, bootstrap, len(features))
    values, between = cuts(data)
    points = _Labelled(
        data=data,
        values=values,
        masses=np.ones(len(features)) if data.weights is None else data.weights,
        truth=None if data.target is None else labels(data.target, between),
        teachers=labels(data.weak_predictions, between),
        students=labels(students, between),
        regions=regions,
        counts=counts,
    )
    agreements, estimates = [], []
    for graph in found:
        robust = graph.robust(points.students)
        agreements += _agreements(points, graph, robust)
        estimates += _estimates(points, graph, robust, wanted.smallest_set)
    report = Expansion(
        smallest_set=wanted.smallest_set,
        labels=tuple(values.tolist()),
        cuts=tuple(between.tolist()),
        neighbourhoods=tuple(_summary(points, graph) for graph in found),
        agreements=tuple(agreements),
        estimates=tuple(estimates),
    )
    return dataclasses.replace(report, warnings=caveats(report, data))


def _summary(points: _Labelled, graph: Neighbourhoods) -> Neighbourhood:
    sizes, truth = graph.sizes, points.truth
    crossing = None if truth is None else points.share(~graph.robust(truth[None])[0])
    return Neighbourhood(
        name=graph.name,
        mean_size=float(sizes.mean()),
        largest=int(sizes.max()),
        isolated=int(np.sum(sizes == 0)),
        tied=graph.tied,
        truth_crossing=crossing,
    )


def _agreements(points: _Labelled, graph: Neighbourhoods, robust) -> Iterator[Agreement]:
    for place, name in enumerate(points.data.weak_names):
        yield Agreement(
            neighbourhood=graph.name,
            weak_model=name,
            disagreement=points.share(points.students[place] != points.teachers[place]),
            fragile=points.share(~robust[place]),
        )


def _estimates(points: _Labelled, graph: Neighbourhoods, robust, q: float) -> list[Estimate]:
    """Go through labels, teachers and statements; in the order of the statements."""
    truth = points.truth
    if truth is None:
        return []
    rows = [
        _judge(points, graph, robust, q, case, label, place)
        for label in range(points.values.size)
        for place, teacher in enumerate(points.teachers)
        for case in cases(truth == label, teacher == truth, points.regions)
    ]
    order = list(dict.fromkeys(row.statement for row in rows))
    return sorted(rows, key=lambda row: order.index(row.statement))


def _judge(points: _Labelled, graph, robust, q: float, case: Case, label, place) -> Estimate:
    """Evaluate one statement for one teacher and its student."""
    assert points.truth is not None
    sets = case.sets(points.students, points.truth, robust)
    regions = (sets, graph.reached(sets) & case.target, case.source, case.target)
    ratios = [finite(ratio) for ratio in _ratios(points.masses[None], *regions, q=q)[0]]
    constant = min((ratio for ratio in ratios if ratio is not None), default=None)
    student, teacher = points.students[place], points.teachers[place]
    measured = {
        "alpha": points.share(teacher != points.truth, case.teaching),
        "disagreement": points.share(student != teacher, case.teaching),
        "fragile": points.share(~robust[place], case.judged),
    }
    bound_by = bounds.spread
    if case.statement == CORRECTION:
        left = _left(points, case, robust[place], place)
        bound_by = functools.partial(bounds.correction, left=left)
    bound, own = (bound_by(c, q, **measured) for c in (constant, ratios[place]))
    return Estimate(
        statement=case.statement,
        neighbourhood=graph.name,
        weak_model=points.data.weak_names[place],
        label=float(points.values[label]),
        source=int(case.source.sum()),
        target=int(case.target.sum()),
        set_share=points.share(sets[place], case.source),
        ratio=ratios[place],
        constant=constant,
        constant_interval=None if constant is None else _interval(points, regions, q),
        ratios=tuple(ratios),
        **measured,
        bound=bound.value,
        own_bound=own.value,
        reason=bound.reason,
        error=points.share(student != points.truth, case.judged),
    )


def _left(points: _Labelled, case: Case, robust: Bool[np.ndarray, " n"], place: int) -> float:
    r"""$1 - \alpha - P(f \ne \tilde y$ or f not robust$|S)$, exact where weights are integers, if 0."""
    teacher = points.teachers[place]
    lost = (points.students[place] != teacher) | ~robust
    parts = (case.teaching, case.teaching & (teacher != points.truth), case.teaching & lost)
    whole, wrong, gone = (points.masses[part].sum() for part in parts)
    return float((whole - wrong - gone) / whole)


def _ratios(
    masses: Float64[np.ndarray, "r n"],
    sets: Bool[np.ndarray, "f n"],
    reached: Bool[np.ndarray, "f n"],
    source: Bool[np.ndarray, " n"],
    target: Bool[np.ndarray, " n"],
    *,
    q: float,
) -> Float64[np.ndarray, "r f"]:
    """P(N(U)|A) / P(U|B) for every choice of masses and every set; NaN for those of at most q."""
    measured = [masses @ part.T.astype(np.float64) for part in (sets, reached)]
    inside, outside = (masses @ part.astype(np.float64) for part in (source, target))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = measured[1] * inside[:, None] / (measured[0] * outside[:, None])
        shares = measured[0] / inside[:, None]
    return np.where(shares > q, found, np.nan)


def _interval(points: _Labelled, regions: tuple, q: float) -> Interval:
    """Let every resample weigh the points anew, and take its least ratio."""
    if points.counts is None:
        return None
    found = [
        np.fmin.reduce(_ratios(counts * points.masses, *regions, q=q), axis=1)  # NaN without any
        for counts in points.counts()
    ]
    return percentile_interval(np.concatenate(found))


def _resamples(key: PRNGKeyArray, bootstrap: int, n: int) -> Callable[[], Iterable[np.ndarray]]:
    """Give the counts of all resamples, some at a time; where they are many they are drawn anew each time."""
    rows = max(1, BLOCK // n)

    def drawn() -> Iterator[np.ndarray]:
        for start in range(0, bootstrap, rows):
            yield np.asarray(_counts(key, jnp.arange(start, min(start + rows, bootstrap)), n))

    if bootstrap * n > KEPT:
        return drawn
    kept = list(drawn())
    return lambda: kept


@functools.partial(jax.jit, static_argnames="n")
def _counts(key: PRNGKeyArray, ids: Int[Array, " resamples"], n: int) -> Int[Array, "resamples n"]:
    """How often each resample of n points has each; resample b depends on the key and b alone."""
    return jax.lax.map(lambda index: resample_counts(key, index, n, jnp.int32), ids)
