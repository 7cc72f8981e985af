"""The arrays that an audit studies: loaded from the user's files, validated, split."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from w2sjax.auditing import checks, files
from w2sjax.auditing.arrays import real_array
from w2sjax.auditing.checks import DataError, require_probabilities, require_weights
from w2sjax.auditing.pieces import chosen
from w2sjax.auditing.shared_arrays import brought_together
from w2sjax.auditing.sources import stored


@dataclasses.dataclass(frozen=True, eq=False)
class AuditData:
    """Arrays of one audit, as `audit_data` or `load` validated them.

    All arrays are float64, except for features that are memory-mapped or `StoredRows`: those stay as they are
    stored (float16, bfloat16, float32, float64), so that nothing is copied; `np.asarray(data.strong_features,
    np.float64)` widens all of them at once. JAX's arrays that several devices share stay where they are.
    """

    strong_features: Float[Any, "n d"]  # an array or `StoredRows`
    weak_predictions: Float64[Any, "m n"]
    weak_names: tuple[str, ...]
    target: Float64[Any, " n"] | None
    weights: Float64[Any, " n"] | None
    student_predictions: Float64[Any, "m n"] | None
    source: str  # the file or folder, for messages and reports
    weak_probabilities: Float64[np.ndarray, "n *classes"] | None = None
    notes: tuple[str, ...] = ()  # sentences about what was lost or left out in reading

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what is legal but makes an audit say less than one may expect."""
        sentences = list(self.notes)
        rows, width = self.strong_features.shape
        counted = True
        if self.weights is not None:
            counted = self.weights > 0
            zeros = rows - int(counted.sum())
            rows -= zeros
            if zeros:
                plural = "weight is" if zeros == 1 else "weights are"
                sentences.append(f"{zeros} {plural} zero: n = {rows} rows count")
        if self.target is not None:
            low = self.target.min(where=counted, initial=np.inf)
            if low == self.target.max(where=counted, initial=-np.inf):
                sentences.append(f"target is constant: it is {float(low)!r} in every row")
        if rows <= width:
            comparison = "equals" if rows == width else "is less than"
            sentences.append(
                f"n = {rows} {comparison} d = {width}: the strong class can fit any labels, so "
                "misfit is 0 (unless the features are rank deficient or the class is constrained)"
            )
        return tuple(sentences)

    def at(self, rows: slice | np.ndarray, source: str | None = None) -> "AuditData":
        """Keep some rows: views of a slice, and else copies; stored features stay where they are."""
        chances = self.weak_probabilities
        names = ("weak_predictions", "target", "weights", "student_predictions")
        others = {name: getattr(self, name) for name in names}
        return dataclasses.replace(
            self,
            strong_features=chosen(self.strong_features, rows),
            weak_probabilities=None if chances is None else chances[rows],
            source=self.source if source is None else source,
            **{name: given[..., rows] for name, given in others.items() if given is not None},
        )

    def together(self) -> "AuditData":
        """Bring what devices share to this process; `DataError` where other hosts have parts."""
        names = ("strong_features", "weak_predictions", "target", "weights", "student_predictions")
        found = {
            name: brought_together(f"{self.source}: {name}", getattr(self, name)) for name in names
        }
        return dataclasses.replace(self, **found)


def load(path: str | Path, **columns: Any) -> AuditData:
    """Load and validate the data of an audit from a file or folder: what `stored` reads of it.

    Raises `DataError` for everything that `stored` and `audit_data` refuse, and where weak predictions are
    missing; `ImportError` where the extra `audit` is needed.
    """
    arrays, notes = stored(path, **columns)
    if "weak_predictions" not in arrays:
        raise DataError(
            f"{path}: has no weak_predictions; of weak_probabilities alone, w2sjax.load_classifiers "
            "reads an audit of classifiers"
        )
    numbers = {name: values for name, values in arrays.items() if name not in files.CLASSES}
    data = audit_data(**numbers, source=str(path))
    return dataclasses.replace(data, notes=(*notes, *data.notes))


def audit_data(
    strong_features: Any,
    weak_predictions: Any,
    *,
    weak_names: Any = None,
    target: Any = None,
    weights: Any = None,
    student_predictions: Any = None,
    weak_probabilities: Any = None,
    source: str = "arrays",
) -> AuditData:
    """Validate the arrays of an audit and widen them to float64.

    Shapes are `strong_features` (n, d), `weak_predictions` (m, n), or (n,) for one weak model,
    `weak_names` (m,), `target` and `weights` (n,), and `student_predictions` like
    `weak_predictions`: what the user's own students, trained on each weak model, predict.
    `weak_probabilities` are those of a weak classifier, (n,) for one of two classes or (n, c) for all:
    overlap points are detected by its confidence.
    Frames of pandas and polars are read, with nullable columns where nothing is missing.
    float64 arrays are shared with the caller; all others are copied, except for features that are
    memory-mapped floats or `StoredRows`. Finite checks read block by block. JAX's arrays that several devices
    share, or hosts, become doubles where they are.

    Raises `DataError`, naming the array and the first place, for non-numeric dtypes, wrong shapes,
    lengths that disagree, empty and masked arrays, missing values, NaN and infinities, negative
    weights, weights that sum to zero, weak names that are repeated, not strings, or not m, and
    probabilities that are none.
    """
    vector, read = {1: "(n,)"}, Reading(source, keep_shared=True)
    features = read.array("strong_features", strong_features, {2: "(n, d)"}, keep_stored=True)
    rows = read.rows = len(features)
    label = f"{source}: weak_predictions"
    weak, shape = read.per_model("weak_predictions", weak_predictions)
    if len(shape) == 2 and shape[1] != rows == shape[0]:
        raise DataError(
            f"{label}: has shape {shape}, but strong_features has {rows} rows; "
            f"expected (m, {rows}): transpose it"
        )
    _require_length(label, shape[-1], rows)
    target = read.per_point("target", target, vector)
    weights = read.per_point("weights", weights, vector, require_weights)
    if student_predictions is not None:
        student_predictions, shape = read.per_model("student_predictions", student_predictions)
        if student_predictions.shape != weak.shape:
            raise DataError(
                f"{source}: student_predictions: has shape {shape}; expected {weak.shape}, "
                "that of weak_predictions"
            )
    weak_probabilities = brought_together(f"{source}: weak_probabilities", weak_probabilities)
    weak_probabilities = read.per_point(
        "weak_probabilities", weak_probabilities, {1: "(n,)", 2: "(n, c)"}, require_probabilities
    )
    names = tuple(f"weak_{index}" for index in range(len(weak)))
    if weak_names is not None:
        names = checks.distinct_names(f"{source}: weak_names", weak_names, len(weak))
    return AuditData(
        strong_features=features,
        weak_predictions=weak,
        weak_names=names,
        target=target,
        weights=weights,
        student_predictions=student_predictions,
        source=source,
        weak_probabilities=weak_probabilities,
        notes=tuple(read.notes),
    )


def split(data: Any, how: str, *, seed: int | None = None) -> tuple[Any, Any]:
    """Split the rows of an audit, `AuditData` or `ClassifierData`, into those to fit on and those held out.

    `how` is a share of the rows strictly between 0 and 1: `"0.3"` holds out a random share, drawn
    from `np.random.default_rng(seed)`, in the order of the data and as copies; `"last:0.3"` holds
    out the last share, for ordered data, as views. The share is rounded to whole rows.

    Raises `DataError` where `how` is neither, a random share comes without a seed, a side would be
    empty, or the weights of a side are all zero.
    """
    kind, colon, share = how.rpartition(":")
    try:
        held_share = float(share)
    except ValueError:
        held_share = float("nan")
    if (kind, colon) not in (("", ""), ("last", ":")) or not 0 < held_share < 1:
        raise DataError(f"split {how!r}: expected a share such as '0.3', or 'last:0.3'")
    rows = len(data.strong_features)
    held = round(held_share * rows)
    if held in (0, rows):
        side = "held-out" if held == 0 else "fit"
        raise DataError(f"split {how!r}: leaves no {side} row of the {rows} rows of {data.source}")
    if kind == "last":
        fit_rows, held_rows = slice(rows - held), slice(rows - held, rows)
    elif seed is None:
        raise DataError(f"split {how!r}: a random share needs a seed")
    else:
        order = np.random.default_rng(seed).permutation(rows)
        fit_rows, held_rows = np.sort(order[held:]), np.sort(order[:held])
    fit, held_out = (
        data.at(side, f"{data.source}, {name} part of {how}")
        for side, name in ((fit_rows, "fit"), (held_rows, "held-out"))
    )
    for part in (fit, held_out):
        if part.weights is not None:
            require_weights(f"{part.source}: weights", part.weights)
    return fit, held_out


class Reading:
    """The arrays of one source, with notes of what was lost in reading them."""

    def __init__(self, source: str, *, keep_shared: bool = False):
        self.source, self.notes, self.rows = source, [], 0
        self.keep_shared = keep_shared

    def array(self, name: str, values: Any, shapes: dict[int, str], **options: Any) -> Any:
        """Read an array; see `real_array`."""
        options["keep_shared"] = self.keep_shared
        array, found = real_array(f"{self.source}: {name}", values, shapes, **options)
        self.notes.extend(f"{name}: {note}" for note in found)
        return array

    def per_point(self, name: str, values: Any, shapes: dict[int, str], require: Any = None) -> Any:
        """Read what has an entry a row, if it is given."""
        if values is None:
            return None
        array = self.array(name, values, shapes)
        _require_length(f"{self.source}: {name}", len(array), self.rows)
        if require is not None:
            require(f"{self.source}: {name}", array)
        return array

    def per_model(self, name: str, values: Any) -> tuple[np.ndarray, tuple[int, ...]]:
        """Read what has a row a model, or is that of a single one; also give the shape it had."""
        array = self.array(name, values, {1: "(n,)", 2: "(m, n)"})
        return array if array.ndim == 2 else array[None], array.shape


def _require_length(label: str, length: int, rows: int) -> None:
    if length != rows:
        raise DataError(f"{label}: length {length}, but strong_features has {rows} rows")
