"""What an audit returns, and the same as JSON."""

import dataclasses
import math
from collections import Counter
from typing import Any

import numpy as np

from w2sjax.arithmetic.rounding import gamma
from w2sjax.auditing.bootstrap import DOUBT, NAMES, Interval, percentile_interval
from w2sjax.auditing.expansion.results import Expansion
from w2sjax.auditing.overlap import Overlap
from w2sjax.auditing.quantities import Quantities
from w2sjax.projecting.certificate import Status
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown

SHARES = (0.0, *np.geomspace(1e-4, 1, 9).tolist())  # of the misfit, for an assumed epsilon

MEASURED = (*NAMES, "gap", "reach")


@dataclasses.dataclass(frozen=True)
class Guarantee:
    r"""The guaranteed gain as a function of an assumed distance of the target from the class.

    Attributes:
        epsilon: assumed distances $\varepsilon = d(f_s, f^*)$: 0 and shares of the misfit.
        guaranteed_gain: misfit $- 2\sqrt{\varepsilon\,\mathrm{misfit}} - 2\,$gap at each.
        vanishes_at: the distance at which nothing is guaranteed any more.
        assumed_distance: for unbounded classes the gap grows with the distance of the target's best
            fit from the student, which is taken to be at most this, the mean square of the weak
            model's predictions.
    """

    epsilon: tuple[float, ...]
    guaranteed_gain: tuple[float, ...]
    vanishes_at: float
    assumed_distance: float


@dataclasses.dataclass(frozen=True)
class ModelAudit:
    """One weak model with its student; see `quantities.Quantities` for the numbers.

    A number is None where it needs a target that is not there, or is not finite: so the reach of a
    student whose certificate covers the whole class. Where it does not, `guaranteed_gain` and
    `guarantee` are None. Intervals are None without a bootstrap, `guarantee` with a target. A number, or
    an end of its interval, that is at most its `doubts` may be 0.
    """

    name: str
    misfit: float | None
    gap: float | None
    weak_error: float | None
    student_error: float | None
    gain: float | None
    epsilon: float | None
    guaranteed_gain: float | None
    reach: float | None
    status: str
    misfit_interval: Interval = None
    weak_error_interval: Interval = None
    student_error_interval: Interval = None
    gain_interval: Interval = None
    epsilon_interval: Interval = None
    guaranteed_gain_interval: Interval = None
    guarantee: Guarantee | None = None
    doubts: dict[str, float | None] = dataclasses.field(default_factory=dict)

    def interval(self, name: str) -> Interval:
        """Return the bootstrap interval of a quantity, if it has one."""
        return getattr(self, f"{name}_interval") if name in NAMES else None


@dataclasses.dataclass(frozen=True)
class Audit(Shown):
    """All weak models on one set of points.

    Attributes:
        models: one for each weak model, in the order of the data.
        chosen: the weak model with the smallest weak error less misfit; None without a target.
        certified: whether every other student is proved to be worse than the chosen one.
        best: the weak model whose student is best in truth; None without a target.
        regret: how much worse the chosen student is than the best.
        warnings: sentences about what makes the audit say less than one may expect.
        source: the file or folder.
        part: "all", "fit" or "held-out".
        set: the convex set, as it was asked for.
        intercept: whether the class has a free constant.
        n: points that count.
        d: features; None for a set of values.
        rank, condition_number: of the weighted features, centred where there is an intercept, with
            columns scaled by powers of two.
        unresolved: directions of the features that are lost in rounding and not proved to be null.
        has_target: whether the truth is known.
        students: "projected", "given", or "fitted" on the other part.
        target_status: of the certificate of the target's projection.
        bootstrap: number of resamples.
        overlap: regions of the points; None without the weak model's probabilities.
        expansion: constants and bounds of expansion; None unless neighbourhoods are asked for.
        held_out: the same on the held-out points; the audit itself is then of the fit part.
        route: how features were factored: in "memory", read in "blocks", by their Gram matrix, or "blocks, in
            another basis", by that of columns that are nearly orthonormal.
    """

    models: tuple[ModelAudit, ...]
    chosen: str | None
    certified: bool
    best: str | None
    regret: float | None
    warnings: tuple[str, ...]
    source: str
    part: str
    set: str
    intercept: bool
    n: int
    d: int | None
    rank: int | None
    unresolved: int
    condition_number: float | None
    has_target: bool
    students: str
    target_status: str | None
    bootstrap: int
    overlap: Overlap | None = None
    expansion: Expansion | None = None
    held_out: "Audit | None" = None
    route: str = "memory"

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.auditing.pages import report

        return report(self)

    @property
    def statuses(self) -> dict[str, int]:
        """How many students have each status."""
        return dict(Counter(model.status for model in self.models))

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries, lists, strings, finite numbers and None."""
        record = {**dataclasses.asdict(self), "statuses": self.statuses}
        record["overlap"] = None if self.overlap is None else self.overlap.to_json()
        record["held_out"] = None if self.held_out is None else self.held_out.to_json()
        return plain(record)


def model_audit(
    name: str,
    place: int,
    found: Quantities,
    samples: dict[str, np.ndarray],
    size: int,
    *,
    known_target: bool,
) -> ModelAudit:
    """Report one of the models whose quantities, on `size` points, are numpy arrays."""
    guarantee = None
    parts = (found.misfit, found.pairing, found.distance)
    misfit, pairing, distance = (float(part[place]) for part in parts)
    covered = math.isfinite(misfit + pairing + distance) and math.isinf(found.reach[place])
    if covered and not known_target:
        guarantee = _guarantee(misfit, pairing, distance, size)
    measured: Any = {one: finite(getattr(found, one)[place]) for one in MEASURED}
    intervals: Any = {
        f"{one}_interval": percentile_interval(samples[one][:, place]) for one in NAMES if samples
    }
    status = Status(int(found.status[place])).name
    doubts = {
        one: finite(np.max([bound[place], *samples.get(DOUBT + one, bound)[..., place].ravel()]))
        for one, bound in found.doubts.items()
    }
    return ModelAudit(
        name=name, status=status, guarantee=guarantee, doubts=doubts, **measured, **intervals
    )


def _guarantee(misfit: float, pairing: float, distance: float, size: int) -> Guarantee:
    """Tabulate the guarantee, rounded down."""
    error = gamma(size + 16, np.float64)
    epsilon = [share * misfit for share in SHARES]
    losses = [2 * math.sqrt(e * misfit) + 2 * pairing for e in epsilon]
    room = max(0.0, misfit * (1 - error) - 2 * pairing * (1 + error))
    return Guarantee(
        epsilon=tuple(epsilon),
        guaranteed_gain=tuple(misfit - loss - error * (misfit + loss) for loss in losses),
        vanishes_at=room * (room / (4 * misfit)) * (1 - error) if misfit > 0 else 0.0,
        assumed_distance=distance,
    )


def finite(number: Any) -> float | None:
    """Return a finite float, or None."""
    value = float(number)
    return value if math.isfinite(value) else None


def plain(value: Any) -> Any:
    """Make what JSON can hold: infinite numbers and NaN are None."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return finite(value) if isinstance(value, float) else value
