"""What benchmarks share: sizes from the command line, and a clock."""

import argparse
import time
from collections.abc import Callable
from typing import Any

import jax

from experiments._run import parser_of


def sizes(
    description: str | None,
    arguments: list[str] | None,
    meanings: dict[str, str] | None = None,
    **defaults: int,
) -> argparse.Namespace:
    """Read whole numbers that have defaults, and some a meaning to be explained."""
    parser = parser_of(description)
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=value, help=(meanings or {}).get(name))
    return parser.parse_args(arguments)


def clock(call: Callable[[], Any]) -> tuple[float, float]:
    """Seconds that a call takes, on the wall and of all processors."""
    start = time.perf_counter(), time.process_time()
    jax.block_until_ready(call())
    return time.perf_counter() - start[0], time.process_time() - start[1]


def fastest(call: Callable[[], Any], repeats: int = 3) -> float:
    """Give the least time of several calls."""
    return min(clock(call)[0] for _ in range(repeats))
