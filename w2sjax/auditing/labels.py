"""Labels from real-valued targets and predictions: each prediction is the nearest label."""

import numpy as np
from jaxtyping import Float64, Int

from w2sjax.auditing.data import AuditData

MOST = 20  # labels; a target with more values is a regression target


def cuts(data: AuditData) -> tuple[Float64[np.ndarray, " c"], Float64[np.ndarray, " c-1"]]:
    """Return the labels of an audit in ascending order, and the cuts between them.

    The labels are the values of the target. Without one, they are the two values of the weak
    predictions; or 0 and 1, cut at 0 where predictions take both signs and at 1/2 where all are in
    [0, 1].

    Raises:
        ValueError: for a target with one value or more than `MOST`, and for predictions without a
            target in which no cut is to be seen.
    """
    known = data.target is not None
    values = np.unique(data.weak_predictions if data.target is None else data.target)
    if known and not 2 <= len(values) <= MOST:
        raise ValueError(
            f"{data.source}: target: has {len(values)} different values; expansion is about "
            f"labels, 2 to {MOST} different values: leave out neighbours and radius"
        )
    if known or len(values) == 2:
        return values, values[:-1] / 2 + values[1:] / 2
    if values[0] < 0 < values[-1]:
        return np.array([0.0, 1.0]), np.array([0.0])
    if len(values) > 1 and values[0] >= 0 and values[-1] <= 1:
        return np.array([0.0, 1.0]), np.array([0.5])
    raise ValueError(
        f"{data.source}: weak_predictions: expansion is about labels, but without a target these "
        f"are between {float(values[0])!r} and {float(values[-1])!r}; expected two values, both "
        "signs, or numbers in [0, 1]: leave out neighbours and radius"
    )


def labels(
    values: Float64[np.ndarray, "*any n"], between: Float64[np.ndarray, " cuts"]
) -> Int[np.ndarray, "*any n"]:
    """Return the place of the nearest label; the higher of two that are equally near."""
    return np.searchsorted(between, values, side="right").astype(np.int64)
