"""Run every experiment at its quick preset: `python -m experiments [NAME ...] [--out DIR]`.

An experiment is a module of this folder with `main(arguments)`; what follows a single name is handed
to it (`python -m experiments audit_diabetes --help`).
"""

import importlib
import sys
import time
from pathlib import Path

from w2sjax import _threads

_threads.one_blas_thread()

# What needs no data of the user's.
QUICK = ("geometry", "misfit_gain", "rates", "weak_model_choice", "audit_diabetes")
WITH_DATA = ("molecules", "audit_molecules")


def main(arguments: list[str]) -> int:
    """Run the named experiments, or all that need no data; return the worst exit code."""
    known = QUICK + WITH_DATA
    if arguments and arguments[0] in known:
        return _run(arguments[0], arguments[1:])
    out = Path("out")
    match arguments:
        case []:
            pass
        case ["--out", folder]:
            out = Path(folder)
        case _:
            print(f"usage: python -m experiments [--out DIR | NAME ...]; names: {', '.join(known)}")
            return 2
    return max(_run(name, ["--out", str(out / name)]) for name in QUICK)


def _run(name: str, arguments: list[str]) -> int:
    start = time.perf_counter()
    print(f"== {name}")
    code = importlib.import_module(f"experiments.{name}").main(arguments)
    print(f"== {name}: {time.perf_counter() - start:.1f} s")
    return code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
