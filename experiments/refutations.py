r"""The test of the tester: false statements that a search must refute, true ones that it must not.

Each false statement is a claim with something changed: a constant by one part in a hundred, a sign, an
assumption, a rate; most are made from the claims by rewriting their formulas. It is searched among small
exact instances, in the order of one seed; what is found is shrunk and confirmed by both exact engines. The
claims themselves are searched among as many exact instances each, and by `verify` in floating point over
every set.

Run `python -m experiments refutations [--preset quick|paper] [--seed S] [--out DIR]`.
"""

import dataclasses
import itertools
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments._exact_search import FOUND, refuted, survives
from experiments._run import Run, options
from w2sjax.claims import REGISTRY
from w2sjax.falsification.false_statements import false_statements
from w2sjax.report import progress_bar

PROCESSES = 2
TRUE = (
    "claim",
    "exact",
    "exact_violated",
    "exact_undecided",
    "sets",
    "floating",
    "refuted",
    "violated",
)


@dataclasses.dataclass(frozen=True)
class Config:
    """Budgets: small instances a false statement, seconds to shrink, instances a true claim."""

    budget: int = 20_000
    shrink_seconds: float = 20.0
    exact: int = 20_000
    floating: int = 80_000


PRESETS = {"paper": Config(), "quick": Config(shrink_seconds=0.02, exact=40, floating=0)}


def main(arguments: list[str] | None = None) -> int:
    """Refute, fail to refute, write data and manifest, print the tables."""
    parser = options("refutations", __doc__, PRESETS)
    given = parser.parse_args(arguments)
    config = PRESETS[given.preset]
    run = Run("refutations", config, given.seed, given.out)
    with progress_bar() as progress:
        start = time.perf_counter()
        false, true = _exactly(config, given.seed, progress)
        run.seconds["exact"] = time.perf_counter() - start
        floating = _floating(config, given.seed, progress)
        run.seconds["floating"] = time.perf_counter() - start - run.seconds["exact"]
    rows = [row | floating.get(row["claim"], _NOTHING) for row in true]
    run.write("refuted.csv", FOUND, [[row[name] for name in FOUND] for row in false])
    run.write("true.csv", TRUE, [[row[name] for name in TRUE] for row in rows])
    survived = [row["statement"] for row in false if row["instances"] == ""]
    broken = [row["claim"] for row in rows if row["exact_violated"] or row["refuted"]]
    checks = sum(row["exact"] + row["floating"] for row in rows)
    run.finish(preset=given.preset, survived=survived, broken=broken, checks=checks)
    console = Console(width=110)
    console.print(_false_table(false))
    console.print(_true_table(rows, checks))
    console.print(f"Data and manifest in {given.out}", highlight=False)
    return int(bool(survived or broken))


def _exactly(config: Config, seed: int, progress) -> tuple[list[Any], list[Any]]:
    """Search false and true statements in exact arithmetic, two processes at a time."""
    spawn = multiprocessing.get_context("spawn")
    claims = [claim.name for claim in REGISTRY if claim.setting.exact]
    count = range(len(false_statements()))
    total = len(count) + len(claims)
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        false = pool.map(
            refuted,
            count,
            itertools.repeat(config.budget),
            itertools.repeat(config.shrink_seconds),
            itertools.repeat(seed),
        )
        true = pool.map(survives, claims, itertools.repeat(config.exact), itertools.repeat(seed))
        rows: list[list[Any]] = [[], []]
        for place, answers in enumerate((false, true)):
            for answer in answers:
                rows[place].append(answer)
                progress("exact statements", len(rows[0]) + len(rows[1]), total)
    return rows[0], rows[1]


_NOTHING = {"sets": 0, "floating": 0, "refuted": 0, "violated": 0}


def _floating(config: Config, seed: int, progress) -> dict[str, dict[str, int]]:
    """Verify all claims over all sets; returns, by claim, how many instances and what came of them."""
    from w2sjax.verification import verify

    rows: dict[str, dict[str, int]] = {}
    if config.floating == 0:
        return rows
    for answer in verify(None, seed, instances=config.floating, progress=progress):
        row = rows.setdefault(answer.claim, dict(_NOTHING))
        row["sets"] += 1
        row["floating"] += answer.instances
        row["violated"] += answer.violated
        row["refuted"] += answer.refuted
    return rows


def _false_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Sum up by kind of change; what survives is listed."""
    refutations = sum(row["instances"] != "" for row in rows)
    table = Table(
        title=f"{refutations} of {len(rows)} false statements refuted",
        caption="; ".join(
            f"not refuted: {row['statement']}" for row in rows if not row["instances"]
        ),
        title_justify="left",
        caption_justify="left",
        box=None,
    )
    for name in ("made by", "statements", "refuted", "instances, median", "most", "seconds, most"):
        table.add_column(name, justify="left" if name == "made by" else "right")
    for kind in dict.fromkeys(row["kind"] for row in rows):
        found = [row for row in rows if row["kind"] == kind]
        tried = [row["instances"] for row in found if row["instances"]] or [0]
        seconds = max(row["seconds"] + (row["shrink_seconds"] or 0) for row in found)
        numbers = (len(found), sum(bool(row["instances"]) for row in found))
        table.add_row(
            kind, *map(str, numbers), f"{median(tried):g}", f"{max(tried):,}", f"{seconds:.2f}"
        )
    return table


def _true_table(rows: Sequence[dict[str, Any]], checks: int) -> Table:
    broken = sum(bool(row["exact_violated"] or row["refuted"]) for row in rows)
    table = Table(
        title=f"{broken} of {len(rows)} true claims violated in {checks:,} instances",
        caption="violated: allowed for statements with probability 1 - δ, as long as fewer than δ are",
        title_justify="left",
        caption_justify="left",
        box=None,
    )
    names = ("claim", "exact", "violated", "undecided", "sets", "floating point", "violated")
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left")
    for row in rows:
        numbers = (row[name] for name in ("exact", "exact_violated", "exact_undecided", "sets",
                                          "floating", "violated"))  # fmt: skip
        table.add_row(row["claim"], *(f"{number:,}" for number in numbers))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
