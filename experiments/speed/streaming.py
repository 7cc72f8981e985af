"""An audit of features on disk, beside numpy's Gram matrix of the same file: time and anonymous memory.

Features in single precision, two weak models and a target are written to a folder of `.npy` files, which
`w2sjax audit` reads block by block, in a process of its own, start and compilation included. Beside it numpy
forms the Gram matrix in doubles, block by block as well. Anonymous memory is what the kernel cannot take
back: pages of mapped files do not count. Linux only.

Run `python -m experiments.speed.streaming [--points N] [--features D] [--neighbours K] [--out DIR]`: with N
that size alone, else a curve over N and D, whose table `figures/streaming.py` draws. With K the audit
estimates expansion among K nearest neighbours and detects overlap, too.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console

from experiments._run import parser_of, table_of
from w2sjax.verification.report import progress_bar

SIZES = ((250_000, 256), (500_000, 256), (1_000_000, 256), (1_000_000, 64), (1_000_000, 128))
AUDIT = """
import contextlib, os, sys
from w2sjax.cli import main
sys.argv = ["w2sjax", "audit", *sys.argv[1:], "--json", sys.argv[1] + "/found.json"]
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    with contextlib.suppress(SystemExit):
        main()
import json
print(*{model["status"] for model in json.load(open(sys.argv[-1]))["models"]})
"""
GRAM = """
import sys
import numpy as np
rows = np.load(sys.argv[1] + "/strong_features.npy", mmap_mode="r")
total = 0
for start in range(0, len(rows), 8192):
    block = rows[start : start + 8192].astype(float)
    total = total + block.T @ block
print("done")
"""
COLUMNS = {
    "points": "{points:,}",
    "features": "{features}",
    "options": "{options}",
    "numpy [s]": "{numpy:.1f}",
    "audit [s]": "{audit:.1f}",
    "anonymous [MB]": "{megabytes:.0f}",
    "statuses": "{statuses}",
}
MORE = ("--split 0.3", "--bootstrap 20")  # what one size is asked for as well
BLOCK = 2**16  # rows that are written at a time


def main(arguments: list[str] | None = None) -> int:
    """Measure each size, print a table and write it, with a picture, where a folder is given."""
    parser = parser_of(__doc__)
    parser.add_argument("--points", type=int, help="one size alone: n, and d")
    parser.add_argument("--features", type=int, default=256)
    parser.add_argument("--neighbours", type=int, help="K, for expansion and overlap as well")
    parser.add_argument("--out", type=Path, help="folder for streaming.csv and its picture")
    given = parser.parse_args(arguments)
    sizes = SIZES if given.points is None else ((given.points, given.features),)
    asked = [""] if given.neighbours is None else [f"--neighbours {given.neighbours}"]
    asked += [] if given.points is None else MORE
    rows = []
    with progress_bar() as tell:
        for place, size in enumerate(sizes):
            tell("sizes", place, len(sizes))
            with tempfile.TemporaryDirectory(dir=given.out) as folder:
                _write(Path(folder), *size, labelled=given.neighbours is not None)
                rows += _measured(folder, *size, asked)
    Console(width=100).print(table_of("An audit of features on disk", COLUMNS, rows))
    if given.out is not None:
        from figures.streaming import draw

        with (given.out / "streaming.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        draw(given.out)
    return 0


def _write(folder: Path, points: int, features: int, *, labelled: bool) -> None:
    random = np.random.default_rng(0)
    name, kind = folder / "strong_features.npy", np.float32
    rows = np.lib.format.open_memmap(name, "w+", kind, (points, features))
    target = np.empty(points)
    truth = random.standard_normal(features)
    for start in range(0, points, BLOCK):
        block = random.standard_normal((min(BLOCK, points - start), features), kind)
        rows[start : start + len(block)] = block
        target[start : start + len(block)] = block @ truth
    target += random.standard_normal(points)
    weak = target + features**0.5 * random.standard_normal((2, points))
    np.save(folder / "target.npy", np.sign(target) if labelled else target)
    np.save(folder / "weak_predictions.npy", weak)
    if labelled:
        np.save(folder / "weak_probabilities.npy", 1 / (1 + np.exp(-weak[0] / features**0.5)))


def _measured(
    folder: str, points: int, features: int, asked: list[str]
) -> list[dict[str, int | float | str]]:
    _run(GRAM, folder)  # the file's pages are in memory from here on, for both
    numpy_seconds, _, _ = _run(GRAM, folder)
    size = {"points": points, "features": features, "numpy": numpy_seconds}
    rows = []
    for options in asked:
        seconds, megabytes, statuses = _run(AUDIT, folder, *options.split())
        found = {"audit": seconds, "megabytes": megabytes, "statuses": statuses}
        rows.append({**size, "options": options, **found})
    return rows


def _run(program: str, *given: str) -> tuple[float, float, str]:
    """Run a program; give its seconds, its peak of anonymous memory in MB, and what it prints."""
    free = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    command = [sys.executable, "-c", program, *given]
    start, peak = time.perf_counter(), 0
    with subprocess.Popen(command, env=free, stdout=subprocess.PIPE, text=True) as process:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            held = [line for line in status.read_text().splitlines() if line.startswith("RssAnon")]
            peak = max([peak, *(int(line.split()[1]) for line in held)])
            time.sleep(0.02)
        seconds = time.perf_counter() - start
        said = process.stdout.read().strip() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"a measured program ended with {process.returncode}")
    return seconds, peak / 1024, said


if __name__ == "__main__":
    raise SystemExit(main())
