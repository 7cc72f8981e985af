"""Run experiments, one here or several in two processes that stay for the next ones.

Most of their time is compiling, on one core, so two at a time take little more than half as long.
"""

import contextlib
import importlib
import io
import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

PROCESSES = 2


def run(name: str, arguments: list[str]) -> int:
    """Run one experiment and say how long it took; return its exit code."""
    start = time.perf_counter()
    print(f"== {name}")
    code = importlib.import_module(f"experiments.{name}").main(arguments)
    print(f"== {name}: {time.perf_counter() - start:.1f} s")
    return code or 0


def run_all(names: Sequence[str], out: Path) -> int:
    """Run experiments at their defaults, started in this order, each with a folder of its own.

    What an experiment prints is shown when it is done. Returns the worst exit code.
    """
    from w2sjax.machine.processes import end_with_parent
    from w2sjax.verification.report import progress_bar

    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # two may share a GPU
    worst = 0
    spawn = multiprocessing.get_context("spawn")
    with progress_bar() as progress, ProcessPoolExecutor(PROCESSES, spawn, end_with_parent) as pool:
        runs = [pool.submit(_captured, name, ["--out", str(out / name)]) for name in names]
        progress("experiments", 0, len(runs))
        for count, done in enumerate(as_completed(runs), 1):
            code, text = done.result()
            print(text, end="", flush=True)
            progress("experiments", count, len(runs))
            worst = max(worst, code)
    return worst


def _captured(name: str, arguments: list[str]) -> tuple[int, str]:
    with contextlib.redirect_stdout(io.StringIO()) as text:
        code = run(name, arguments)
    return code, text.getvalue()
