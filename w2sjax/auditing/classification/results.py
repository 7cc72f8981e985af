"""What an audit of classifiers returns, and the same as JSON."""

import dataclasses
from typing import Any

from w2sjax.auditing.bootstrap import Interval
from w2sjax.auditing.classification.measures import BINS
from w2sjax.auditing.expansion.results import Expansion
from w2sjax.auditing.overlap import Overlap
from w2sjax.auditing.results import plain
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown


@dataclasses.dataclass(frozen=True)
class Scores:
    """A classifier on some points; None where the truth is not known or a number is infinite.

    Attributes:
        accuracy, log_loss: against the true labels or probabilities.
        calibration_error: expected calibration error with `measures.BINS` bins of equal width.
        gap_recovered: the share of the way from the weak model's accuracy to the ceiling's.
        gap_status: a `recovered.GapStatus` by name; BELOW: the ceiling is below the weak model.
        gap_interval: over resamples of the points, with classifiers as they are.
        penalty, status: of a head; None for the weak model and given students.
        gap: of a head, the proved bound of its objective less the minimum.
        smoothed, settled: see `students.Learnt`.
    """

    accuracy: float | None = None
    log_loss: float | None = None
    calibration_error: float | None = None
    gap_recovered: float | None = None
    gap_status: str | None = None
    gap_interval: Interval = None
    penalty: float | None = None
    status: str | None = None
    gap: float | None = None
    smoothed: bool = False
    settled: bool = True


@dataclasses.dataclass(frozen=True)
class ClassifierModelAudit:
    r"""One weak model, what learns from it, and the law of its student; KL in nats.

    Attributes:
        name: of the weak model.
        weak, student, hard_labels, confidence_loss, ceiling: scores.
        kl_misfit: $E\,\mathrm{KL}(\text{weak}\|\text{student})$.
        kl_to_ceiling: $E\,\mathrm{KL}(\text{student}\|\text{ceiling})$.
        kl_gain_to_ceiling: $E\,\mathrm{KL}(\text{weak}\|\text{ceiling})$ less that.
        defect: gain less misfit; see `measures`.
        rounding: what the last three, and their identity, may be off by.
    """

    name: str
    weak: Scores
    student: Scores
    hard_labels: Scores
    confidence_loss: Scores
    ceiling: Scores
    kl_misfit: float | None = None
    kl_to_ceiling: float | None = None
    kl_gain_to_ceiling: float | None = None
    defect: float | None = None
    rounding: float | None = None

    @property
    def roles(self) -> dict[str, Scores]:
        """The classifiers by name."""
        names = ("weak", "student", "hard_labels", "confidence_loss", "ceiling")
        return {name: getattr(self, name) for name in names}

    def to_json(self) -> dict[str, Any]:
        """Give one flat record."""
        record: dict[str, Any] = {"name": self.name}
        for role, scores in self.roles.items():
            for field in ("accuracy", "log_loss", "calibration_error"):
                record[f"{role}_{field}"] = getattr(scores, field)
        for role in ("student", "hard_labels", "confidence_loss"):
            scores, start = getattr(self, role), "" if role == "student" else f"{role}_"
            record |= {
                f"{start}performance_gap_recovered": scores.gap_recovered,
                f"{start}performance_gap_recovered_status": scores.gap_status,
                f"{start}performance_gap_recovered_interval": scores.gap_interval,
                f"{start}gap": scores.gap,
                f"{start}status": scores.status,
                f"{start}penalty": scores.penalty,
            }
        law = ("kl_misfit", "kl_gain_to_ceiling", "kl_to_ceiling", "defect", "rounding")
        return record | {name: getattr(self, name) for name in law}


@dataclasses.dataclass(frozen=True)
class ClassifierAudit(Shown):
    """All weak classifiers on one set of points.

    Attributes:
        models: one for each weak model, in the order of the data.
        chosen: the weak model whose student is closest to the ceiling, in KL; None without a truth.
        certified: whether that is proved of the students as they are, rounding included.
        best: the weak model whose student has the highest accuracy.
        regret: by how much it is more accurate than the chosen one's.
        classes: their names.
        warnings: what makes the audit say less than one may expect.
        source: the file or folder.
        part: "all", "fit" or "held-out".
        students: "fitted" here, "given", or "kept" from the other part.
        n, d: points that count, features.
        rank: directions of the features, around their mean, that heads were fitted to.
        has_truth: whether labels are known.
        ceiling_gap, ceiling_penalty, ceiling_status: of the ceiling's head; None without labels.
        bootstrap: number of resamples.
        overlap: regions of the points, by the confidence of the chosen (or first) weak model.
        overlap_of: which one that is.
        expansion: constants and bounds of expansion, of likeliest classes.
        held_out: the same on the held-out points.
    """

    models: tuple[ClassifierModelAudit, ...]
    chosen: str | None
    certified: bool
    best: str | None
    regret: float | None
    classes: tuple[str, ...]
    warnings: tuple[str, ...]
    source: str
    part: str
    students: str
    n: int
    d: int
    rank: int
    has_truth: bool
    ceiling_gap: float | None
    ceiling_penalty: float | None
    ceiling_status: str | None
    bootstrap: int
    overlap: Overlap | None = None
    overlap_of: str | None = None
    expansion: Expansion | None = None
    held_out: "ClassifierAudit | None" = None

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.auditing.classification.pages import report

        return report(self)

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries, lists, strings, finite numbers and None."""
        record = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        record["loss"], record["calibration_bins"] = "kl", BINS
        record["models"] = [model.to_json() for model in self.models]
        record["overlap"] = None if self.overlap is None else self.overlap.to_json()
        record["expansion"] = None if self.expansion is None else dataclasses.asdict(self.expansion)
        record["held_out"] = None if self.held_out is None else self.held_out.to_json()
        return plain(record)
