"""Theorem 1 on 100,000 instances (n = 64, d = 8) over every convex set: seconds, compile time apart.

Run `python -m experiments.speed.theorem [--instances N]`.
"""

import argparse

import w2sjax
from experiments._run import Table, table_of
from experiments.speed._timing import benchmark

COLUMNS = {
    "set": "{set}",
    "run [s]": "{seconds:.1f}",
    "compile [s]": "{compile_seconds:.1f}",
    "µs an instance": lambda row: f"{1e6 * row['seconds'] / row['instances']:.0f}",
    "undecided": lambda row: str(row["undecided"] + row["invalid"]),
    "violated": "{violated}",
}


@benchmark(instances=100_000)
def main(given: argparse.Namespace) -> tuple[Table]:
    """Verify `misfit_gain` over all sets and time it."""
    instances = given.instances
    answers = [w2sjax.verify("misfit_gain", sets=[s], instances=instances) for s in w2sjax.SETS]
    rows = [vars(result) for (result,) in answers]
    return (table_of(f"Theorem 1 on {instances:,} instances", COLUMNS, rows),)


if __name__ == "__main__":
    raise SystemExit(main())
