r"""The test of the tester: false statements that a search must refute, true ones that it must not.

Each false statement is a claim with something changed: a constant by one part in a hundred, a sign, an
assumption, a rate; most are made from the claims by rewriting their formulas. It is searched among small
exact instances, in the order of one seed; what is found is shrunk and confirmed by both exact engines. The
claims themselves are searched among as many exact instances each, and by `verify` in floating point over
every set.

Run `python -m experiments refutations [--preset quick|paper] [--seed S] [--out DIR]`.
"""

import dataclasses
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from statistics import median
from typing import Any

from experiments._exact_search import refuted, survives
from experiments._run import Run, Table, experiment, grouped, table_of
from w2sjax.claims import REGISTRY
from w2sjax.falsification.false_statements import false_statements
from w2sjax.machine.processes import end_with_parent

PROCESSES = 2
FALSE = {
    "made by": "{kind}",
    "statements": "{statements}",
    "refuted": "{refuted}",
    "instances, median": "{median:g}",
    "most": "{most:,}",
    "seconds, most": "{seconds:.2f}",
}
COUNTS = ("exact", "exact_violated", "exact_undecided", "sets", "floating", "violated")


@dataclasses.dataclass(frozen=True)
class Config:
    """Budgets: small instances a false statement, seconds to shrink, instances a true claim."""

    budget: int = 20_000
    shrink_seconds: float = 20.0
    exact: int = 20_000
    floating: int = 80_000


PRESETS = {"paper": Config(), "quick": Config(shrink_seconds=0.02, exact=40, floating=0)}


@experiment(PRESETS, width=110)
def main(run: Run) -> tuple[Table, Table]:
    """Refute, fail to refute, write data, print the tables."""
    with run.timed("exact"):
        false, true = _exactly(run)
    with run.timed("floating"):
        floating = _floating(run)
    rows = [row | floating.get(row["claim"], _NOTHING) for row in true]
    run.write(refuted=false, true=rows)
    survived = [row["statement"] for row in false if row["instances"] == ""]
    broken = [row["claim"] for row in rows if row["exact_violated"] or row["refuted"]]
    checks = sum(row["exact"] + row["floating"] for row in rows)
    run.facts |= {"survived": survived, "broken": broken, "checks": checks}
    run.code = int(bool(survived or broken))
    title = f"{len(broken)} of {len(rows)} true claims violated in {checks:,} instances"
    caption = "violated: allowed for statements with probability 1 - δ, as long as fewer than δ are"
    columns = ("claim", "exact", "violated", "undecided", "sets", "floating point", "violated")
    cells = ((row["claim"], *(f"{row[name]:,}" for name in COUNTS)) for row in rows)
    truths = table_of(title, columns, cells, caption=caption, box=None)
    return _false_table(false, survived), truths


def _exactly(run: Run) -> list[list[dict[str, Any]]]:
    """Search false and true statements in exact arithmetic, two processes at a time."""
    config, seed = run.config, run.given.seed
    false: dict[str, tuple[Any, ...]] = {
        f"false: {one.title}": (refuted, place, config.budget, config.shrink_seconds, seed)
        for place, one in enumerate(false_statements())
    }
    true: dict[str, tuple[Any, ...]] = {
        f"true: {claim.name}": (survives, claim.name, config.exact, seed)
        for claim in REGISTRY
        if claim.setting.exact
    }
    left = {unit: how for unit, how in (false | true).items() if unit not in run.record.units}
    known, total = len(false) + len(true) - len(left), len(false) + len(true)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, spawn, end_with_parent) as pool:
        units = {pool.submit(*how): unit for unit, how in left.items()}
        for done, future in enumerate(as_completed(units), known + 1):
            run.record.keep(units[future], future.result())
            run.progress("exact statements", done, total)
    return [[run.record.units[unit] for unit in units] for units in (false, true)]


_NOTHING = {"sets": 0, "floating": 0, "refuted": 0, "violated": 0}


def _floating(run: Run) -> dict[str, dict[str, int]]:
    """Verify all claims over all sets; returns, by claim, how many instances and what came of them."""
    from w2sjax.verification.verifying import verify

    rows: dict[str, dict[str, int]] = {}
    instances = run.config.floating
    if instances == 0:
        return rows
    how: Any = {"progress": run.progress, "checkpoint": run.progress_folder}
    for answer in verify(None, run.given.seed, instances=instances, **how):
        row = rows.setdefault(answer.claim, dict(_NOTHING))
        row["sets"] += 1
        row["floating"] += answer.instances
        row["violated"] += answer.violated
        row["refuted"] += answer.refuted
    return rows


def _false_table(rows: Sequence[dict[str, Any]], survived: Sequence[str]) -> Table:
    """Sum up by kind of change; what survives is listed."""
    shown = []
    for (kind,), found in grouped(rows, "kind"):
        tried = [row["instances"] for row in found if row["instances"]]
        counts = {"kind": kind, "statements": len(found), "refuted": len(tried)}
        seconds = max(row["seconds"] + (row["shrink_seconds"] or 0) for row in found)
        most = {"median": median(tried or [0]), "most": max(tried or [0]), "seconds": seconds}
        shown.append(counts | most)
    title = f"{len(rows) - len(survived)} of {len(rows)} false statements refuted"
    caption = "; ".join(f"not refuted: {statement}" for statement in survived)
    return table_of(title, FALSE, shown, caption=caption, box=None)
