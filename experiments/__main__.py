"""Run every experiment at its quick preset: `python -m experiments [NAME OPTIONS | --out DIR]`.

An experiment is a module of this folder with `main(arguments)`; what follows a single name is handed
to it (`python -m experiments audit_diabetes --help`).
"""

import sys
from pathlib import Path

from experiments._side_by_side import run, run_all
from w2sjax.language.names import unknown
from w2sjax.machine import program_cache, threads

threads.one_blas_thread()
program_cache.keep_programs()

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
    "linear_laws",
    "combinations",
    "audit_diabetes",
    "audit_classifiers",
)
LONGER = ("audit_digits",)
WITH_DATA = ("molecules", "audit_molecules", "essays", "essays_overlap")


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
    if not arguments[0].startswith("-"):
        print(unknown("experiment", arguments[0], known))
    print(f"usage: python -m experiments [NAME OPTIONS | --out DIR]; names: {', '.join(known)}")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
