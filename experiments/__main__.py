"""Run every experiment at its quick preset: `python -m experiments [NAME OPTIONS | --out DIR]`.

An experiment is a module of this folder with `main(arguments)`; what follows a single name is handed
to it (`python -m experiments audit_diabetes --help`).
"""

import contextlib
import importlib
import io
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from w2sjax.machine import threads

threads.one_blas_thread()

# What needs no data of the user's; the longest first.
QUICK = (
    "misfit_gain",
    "selection",
    "gain_curve",
    "gain_sweeps",
    "rates",
    "refutations",
    "digits_overlap",
    "weak_model_choice",
    "printed_bounds",
    "detection",
    "geometry",
    "early_stopping",
    "audit_diabetes",
)
LONGER = ("audit_digits",)
WITH_DATA = ("molecules", "audit_molecules")
PROCESSES = 2  # most of their time is compiling, on one core


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
    from w2sjax.verification.report import progress_bar

    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # two may share a GPU
    worst = 0
    spawn = multiprocessing.get_context("spawn")
    with progress_bar() as progress, ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
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


def main(arguments: list[str]) -> int:
    """Run the named experiment, or all that need no data; return the worst exit code."""
    known = QUICK + LONGER + WITH_DATA
    if arguments and arguments[0] in known:
        return run(arguments[0], arguments[1:])
    match arguments:
        case []:
            return run_all(QUICK, Path("out"))
        case ["--out", folder]:
            return run_all(QUICK, Path(folder))
    print(f"usage: python -m experiments [NAME OPTIONS | --out DIR]; names: {', '.join(known)}")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
