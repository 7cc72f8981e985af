"""Theorem 1 on 100,000 instances (n = 64, d = 8) over every convex set: seconds, compile time apart.

Run `python -m experiments.speed.theorem [--instances N]`.
"""

import jax
from rich.console import Console

import w2sjax
from experiments._run import table_of
from experiments.speed._timing import sizes


def main(arguments: list[str] | None = None) -> int:
    """Verify `misfit_gain` over all sets and print the times."""
    given = sizes(__doc__, arguments, instances=100_000)
    jax.config.update("jax_enable_x64", True)
    columns = ("set", "run [s]", "compile [s]", "µs an instance", "undecided", "violated")
    table = table_of(f"Theorem 1 on {given.instances:,} instances", columns, ())
    for name in w2sjax.SETS:
        (result,) = w2sjax.verify("misfit_gain", sets=[name], instances=given.instances)
        table.add_row(
            name,
            f"{result.seconds:.1f}",
            f"{result.compile_seconds:.1f}",
            f"{1e6 * result.seconds / given.instances:.0f}",
            str(result.undecided + result.invalid),
            str(result.violated),
        )
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
