"""What a verification counts over its instances, and reports."""

import dataclasses

import jax
import numpy as np
from scipy.stats import binomtest

from w2sjax.arithmetic.inequality import Verdict
from w2sjax.machine.versions import versions
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown
from w2sjax.settings.random_instances import failure_of, strata_of

COLUMNS = tuple(verdict.name.lower() for verdict in Verdict)
CONFIDENCE = 0.99


@dataclasses.dataclass(frozen=True)
class Verification(Shown):
    """What many instances say about one claim over one set.

    Attributes:
        claim, set: what was checked; `set` as written on the command line, "none" if the claim has none.
        instances: how many.
        holds, equal, undecided, invalid, violated: how many of each verdict.
        least_slack: the least slack / (|lhs| + |rhs|).
        least_slack_index: the instance that has it (`instance` makes it again).
        tightness: the share lhs / rhs closest to one from below, or the largest if above.
        strata: counts of the verdicts per kind of instance.
        seconds: run time of the group of claims that shared the instances, compile time apart.
        compile_seconds: compile time of that group.
        seed, dtype, device, versions: how to do it again.
        failure: for a statement "with probability at least 1 - delta", delta.
        failure_interval: then the exact (Clopper and Pearson) 99 % interval of the probability that
            it fails, from the share of violated instances.
    """

    claim: str
    set: str
    instances: int
    holds: int
    equal: int
    undecided: int
    invalid: int
    violated: int
    least_slack: float
    least_slack_index: int
    tightness: float
    strata: dict[str, dict[str, int]]
    seconds: float
    compile_seconds: float
    seed: int | None
    dtype: str
    device: str
    versions: dict[str, str]
    failure: float | None = None
    failure_interval: tuple[float, float] | None = None

    @property
    def refuted(self) -> bool:
        """Whether the claim is false: an instance violates it, or too many do."""
        if self.failure is None or self.failure_interval is None:
            return self.violated > 0
        return self.failure_interval[0] > self.failure

    def report(self) -> Report:
        """Give it as a report."""
        return Verifications([self]).report()


class Verifications(Shown, list[Verification]):
    """What a call of `verify` returns: a list, claim by claim."""

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.verification.pages import report

        return report(self)


def merge(state, part):
    """Add a block's counts and keep the extremes; the earliest instance wins a tie."""
    if state is None:
        return part
    better = part["slack"] < state["slack"]
    return {
        "counts": state["counts"] + part["counts"],
        "strata": state["strata"] + part["strata"],
        "slack": np.where(better, part["slack"], state["slack"]),
        "index": np.where(better, part["index"], state["index"]),
        "share": np.maximum(state["share"], part["share"]),
    }


def tally(claim, label, instances, state, i, seconds, compile_seconds) -> Verification:
    """Report on claim `i` of a group that shared its instances."""
    failure = failure_of(claim)
    counts = _counts(state["counts"][i])
    return Verification(
        claim=claim.name,
        set=label,
        instances=instances,
        **counts,
        least_slack=float(state["slack"][i]),
        least_slack_index=int(state["index"][i]),
        tightness=float(state["share"][i]),
        failure=failure,
        failure_interval=failure_interval(counts["violated"], instances, failure),
        strata=dict(zip(strata_of(claim), map(_counts, state["strata"][i]), strict=True)),
        seconds=seconds,
        compile_seconds=compile_seconds,
        seed=None,
        dtype="float64",
        device=str(jax.devices()[0].device_kind),
        versions=versions(),
    )


def _counts(row: np.ndarray) -> dict[str, int]:
    return dict(zip(COLUMNS, row.tolist(), strict=True))


def failure_interval(
    failures: int, instances: int, allowed: float | None
) -> tuple[float, float] | None:
    """Exact confidence interval of a failure probability; None for a statement without one."""
    if allowed is None:
        return None
    found = binomtest(failures, instances).proportion_ci(CONFIDENCE, method="exact")
    return float(found.low), float(found.high)
