"""What benchmarks share: a program that prints what it timed, and a clock."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import jax
from rich.console import Console

from experiments._run import parser_of


def benchmark(
    meanings: dict[str, str] | None = None, *, double: bool = True, **defaults: int
) -> Callable[[Callable[[argparse.Namespace], Iterable[Any]]], Callable[..., int]]:
    """Make the main program of what times and returns what is to be printed.

    Its options are whole numbers that have defaults, and some a meaning to be explained.
    """

    def program_of(timing: Callable[[argparse.Namespace], Iterable[Any]]) -> Callable[..., int]:
        def main(arguments: list[str] | None = None) -> int:
            parser = parser_of(sys.modules[timing.__module__].__doc__)
            for name, value in defaults.items():
                meaning = (meanings or {}).get(name)
                parser.add_argument(f"--{name}", type=int, default=value, help=meaning)
            given = parser.parse_args(arguments)
            if double:
                jax.config.update("jax_enable_x64", True)
            console = Console(width=100)
            for part in timing(given):
                console.print(part, highlight=False)
            return 0

        return main

    return program_of


def clock(call: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds that a call takes, on the wall and of all processors, and its answer."""
    start = time.perf_counter(), time.process_time()
    answer = jax.block_until_ready(call())
    return time.perf_counter() - start[0], time.process_time() - start[1], answer


def fastest(call: Callable[[], Any], repeats: int = 3) -> float:
    """Give the least time of several calls."""
    return min(clock(call)[0] for _ in range(repeats))
