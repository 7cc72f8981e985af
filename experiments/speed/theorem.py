"""Theorem 1 on 100,000 instances (n = 64, d = 8) over every convex set: seconds, compile time apart.

Run `python -m experiments.speed.theorem [--instances N]`.
"""

import argparse

import jax
from rich.console import Console
from rich.table import Table

import w2sjax


def main(arguments: list[str] | None = None) -> int:
    """Verify `misfit_gain` over all sets and print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--instances", type=int, default=100_000)
    given = parser.parse_args(arguments)
    jax.config.update("jax_enable_x64", True)
    table = Table(title=f"Theorem 1 on {given.instances:,} instances", title_justify="left")
    for name in ("set", "run [s]", "compile [s]", "µs an instance", "undecided", "violated"):
        table.add_column(name, justify="left" if name == "set" else "right")
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
