"""The arrays that an audit of classifiers studies, validated; and when that is what arrays are for."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from w2sjax.auditing import checks
from w2sjax.auditing.checks import DataError, listed, require_probabilities, require_weights
from w2sjax.auditing.classification.labels import classes_of, codes_of
from w2sjax.auditing.data import AuditData, Reading
from w2sjax.auditing.files import CLASSES
from w2sjax.auditing.pieces import chosen
from w2sjax.auditing.sources import stored

LOSSES = ("squared", "kl")
SCALED = 1e-6  # by how much probabilities may miss 1 before that is said


@dataclasses.dataclass(frozen=True, eq=False)
class ClassifierData:
    """Arrays of one audit of classifiers, as `classifier_data` validated them.

    `truth` has the true probabilities: ones and zeros where labels were given. Rows sum to 1.
    """

    strong_features: Float[Any, "n d"]
    weak_probabilities: Float64[np.ndarray, "m n c"]
    weak_names: tuple[str, ...]
    classes: tuple[str, ...]
    truth: Float64[np.ndarray, "n c"] | None
    weights: Float64[np.ndarray, " n"] | None
    student_probabilities: Float64[np.ndarray, "m n c"] | None
    source: str
    notes: tuple[str, ...] = ()

    def at(self, rows: slice | np.ndarray, source: str | None = None) -> "ClassifierData":
        """Keep some rows."""
        kept = {
            "strong_features": chosen(self.strong_features, rows),
            "weak_probabilities": self.weak_probabilities[:, rows],
            "source": self.source if source is None else source,
        }
        for name, axis in (("truth", 0), ("weights", 0), ("student_probabilities", 1)):
            given = getattr(self, name)
            if given is not None:
                kept[name] = given[:, rows] if axis else given[rows]
        return dataclasses.replace(self, **kept)

    @property
    def masses(self) -> Float64[np.ndarray, " n"]:
        """Weights that sum to 1."""
        weights = np.ones(len(self.strong_features)) if self.weights is None else self.weights
        return weights / weights.sum()

    def as_labels(self) -> AuditData:
        """The same with the number of the likeliest class in place of probabilities."""
        return AuditData(
            strong_features=self.strong_features,
            weak_predictions=np.argmax(self.weak_probabilities, axis=2).astype(float),
            weak_names=self.weak_names,
            target=None if self.truth is None else np.argmax(self.truth, axis=1).astype(float),
            weights=self.weights,
            student_predictions=None,
            source=self.source,
        )


def load_classifiers(path: str | Path, **columns: Any) -> ClassifierData:
    """Load and validate the data of an audit of classifiers: what `w2sjax.auditing.sources.stored` reads.

    Raises `DataError` for everything that it and `classifier_data` refuse.
    """
    arrays, notes = stored(path, **columns)
    is_classification(arrays, "kl", str(path))
    data = classifier_data(**arrays, source=str(path))
    return dataclasses.replace(data, notes=(*notes, *data.notes))


def is_classification(arrays: dict[str, Any], loss: str | None, source: str) -> bool:
    """Tell by the arrays whether classifiers are audited; `loss` decides where both are possible.

    Raises `DataError` for a loss that is unknown, or that the arrays do not allow.
    """
    if loss is not None and loss not in LOSSES:
        raise DataError(f"loss {loss!r}: expected squared or kl")
    if "weak_probabilities" not in arrays:
        stray = [name for name in CLASSES if name in arrays]
        if loss == "kl" or stray:
            why = "--loss kl needs" if loss == "kl" else f"{listed(stray)} needs"
            raise DataError(f"{source}: {why} weak_probabilities; there are none")
        return False
    numbers = "weak_predictions" in arrays
    return loss == "kl" or (loss is None and (not numbers or any(n in arrays for n in CLASSES)))


def numbers_of(arrays: dict[str, Any], source: str) -> dict[str, Any]:
    """For the squared loss: the probability of the second of two classes, if there are no predictions.

    Raises `DataError` where there are more than two classes.
    """
    rest = {name: values for name, values in arrays.items() if name not in CLASSES}
    if "weak_predictions" in arrays:
        return rest
    data = classifier_data(**arrays, source=source)
    if len(data.classes) != 2:
        raise DataError(
            f"{source}: --loss squared takes weak_probabilities of two classes, not of "
            f"{len(data.classes)}; leave it out, or give weak_predictions"
        )
    del rest["weak_probabilities"]
    second: dict[str, Any] = {"weak_predictions": data.weak_probabilities[:, :, 1]}
    if data.truth is not None:
        second["target"] = data.truth[:, 1]
    if data.student_probabilities is not None:
        second["student_predictions"] = data.student_probabilities[:, :, 1]
    return rest | second


def classifier_data(
    strong_features: Any,
    weak_probabilities: Any,
    *,
    labels: Any = None,
    target_probabilities: Any = None,
    class_names: Any = None,
    weak_names: Any = None,
    weights: Any = None,
    student_probabilities: Any = None,
    source: str = "arrays",
    **unused: Any,
) -> ClassifierData:
    """Validate the arrays of an audit of classifiers.

    Shapes are `strong_features` (n, d); `weak_probabilities` (m, n, c), (n, c) for one weak model, or (n,)
    for the second of two classes; `student_probabilities` likewise; `labels` (n,), whole numbers or strings,
    or else `target_probabilities` (n, c); `class_names` (c,), the labels in the order of the columns: by
    default 0, 1, ..., or the labels' own order. Others are named in a note.

    Raises `DataError`, naming the array and the first place, for shapes that disagree, what is no
    probability or does not sum to 1 within 0.01, NaN, labels that are not among the classes or are all the
    same, both kinds of truth, and weights that are negative or sum to 0.
    """
    read = Reading(source)
    features = read.array("strong_features", strong_features, {2: "(n, d)"}, keep_stored=True)
    read.rows = len(features)
    weak = _chances(read, "weak_probabilities", weak_probabilities)
    count, _, width = weak.shape
    students = student_probabilities
    if students is not None:
        students = _chances(read, "student_probabilities", students)
        if students.shape != weak.shape:
            raise DataError(
                f"{source}: student_probabilities: has shape {students.shape}; expected {weak.shape}, "
                "that of weak_probabilities"
            )
    if labels is not None and target_probabilities is not None:
        raise DataError(f"{source}: has labels and target_probabilities; give one of them")
    classes, note = classes_of(f"{source}: labels", labels, class_names, width)
    truth = None
    if labels is not None:
        truth = np.eye(width)[codes_of(f"{source}: labels", labels, classes, read.rows)]
    if target_probabilities is not None:
        (truth,) = _chances(read, "target_probabilities", target_probabilities, models=False)
        if truth.shape[1] != width:
            raise DataError(
                f"{source}: target_probabilities: has {truth.shape[1]} classes, but "
                f"weak_probabilities has {width}"
            )
    weights = read.per_point("weights", weights, {1: "(n,)"}, require_weights)
    names = tuple(f"weak_{place}" for place in range(count))
    if weak_names is not None:
        names = checks.distinct_names(f"{source}: weak_names", weak_names, count)
    left = [name for name, values in unused.items() if values is not None]
    notes = [*read.notes, *note]
    notes += [f"arrays that classifiers have no use for: {listed(left)}"] if left else []
    return ClassifierData(
        features, weak, names, classes, truth, weights, students, source, tuple(notes)
    )


def _chances(read: Reading, name: str, values: Any, models: bool = True) -> np.ndarray:
    """Read probabilities as (m, n, c) whose last axis sums to 1."""
    shapes = {1: "(n,)", 2: "(n, c)"} | ({3: "(m, n, c)"} if models else {})
    label, found = f"{read.source}: {name}", read.array(name, values, shapes)
    if found.ndim < 3:
        if len(found) != read.rows:
            raise DataError(
                f"{label}: has shape {found.shape}, but strong_features has {read.rows} rows; expected "
                + " or ".join(shapes.values())
            )
        require_probabilities(label, found)
        found = (np.stack([1 - found, found], axis=1) if found.ndim == 1 else found)[None]
    if found.shape[1] != read.rows:
        raise DataError(
            f"{label}: has shape {found.shape}, but strong_features has {read.rows} rows; expected "
            "(m, n, c)"
        )
    for place, model in enumerate(found):
        require_probabilities(f"{label}: model {place}" if len(found) > 1 else label, model)
    sums = found.sum(axis=2, keepdims=True)
    off = float(np.max(np.abs(sums - 1)))
    if off > SCALED:
        read.notes.append(f"{name}: rows add up to 1 within {off:.1g} only, and were scaled")
    return found / sums
