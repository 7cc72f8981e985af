"""Detection at n = 100,000: the change point beside `ruptures`, searching exhaustively, and the whole.

`ruptures` (Binseg, jump 1, min_size 1) tries every position and sums both sides anew each time, so its time
grows like the square of n. With `--points` above `--largest` it is timed at several smaller n
and extrapolated by the power law that fits them.

Run `python -m experiments.speed.detection [--points N] [--largest N] [--hard H] [--features D]`.
"""

import argparse
import functools
import resource

import jax.numpy as jnp
import numpy as np

from experiments._run import Table, table_of
from experiments.detection import default_search
from experiments.speed._timing import benchmark, clock, fastest
from w2sjax.overlap import change_point, largest_similarity

MEANINGS = {"largest": "of ruptures; none above", "hard": "hard points; 0 skips the scores"}


@benchmark(MEANINGS, points=100_000, largest=100_000, hard=0, features=1024)
def main(given: argparse.Namespace) -> list[Table]:
    """Give the times of the searches, then time and memory of the scores."""
    tables = [_change_points(given.points, given.largest)]
    if given.hard:
        tables.append(_scores(given.points, given.hard, given.features))
    return tables


def draw(n: int) -> np.ndarray:
    """Draw scores of two overlapping kinds."""
    generator = np.random.default_rng(0)
    return generator.normal(size=n) + 3 * (generator.uniform(size=n) < 0.4)


def exhaustive(ordered: np.ndarray, jump: int = 1, min_size: int = 1) -> int:
    """Search with ruptures, which needs the extra `bench`."""
    search = default_search(jump=jump, min_size=min_size)
    if search is None:
        raise ImportError("the comparison needs the extra: pip install 'w2sjax[bench]'")
    return search(ordered)


def _change_points(n: int, largest: int) -> Table:
    scores = draw(n)
    on_device = jnp.asarray(scores)
    first, _, split = clock(lambda: change_point(on_device))
    ours = fastest(lambda: change_point(on_device))
    below = np.count_nonzero(scores < float(split.threshold))
    rows = [
        ("w2sjax", f"{ours:.4f}", "1", str(below)),
        ("w2sjax, first call with compiling", f"{first:.2f}", f"{first / ours:.0f}", ""),
    ]
    ordered = np.sort(scores)
    for label, jump, min_size in (("exhaustive", 1, 1), ("default", 5, 2)):
        search = functools.partial(exhaustive, jump=jump, min_size=min_size)
        if n <= largest:
            theirs, _, answer = clock(functools.partial(search, ordered))
        else:
            counts = np.array([largest // 4, largest // 2, largest])
            times = [clock(functools.partial(search, np.sort(draw(k))))[0] for k in counts]
            power, level = np.polyfit(np.log(counts), np.log(times), 1)
            theirs, answer = float(np.exp(level + power * np.log(n))), "extrapolated"
        cells = (f"ruptures, {label}", f"{theirs:.2f}", f"{theirs / ours:.0f}", str(answer))
        rows.append(cells)
    title = f"One change point of n = {n:,} scores, sorting included"
    return table_of(title, ("method", "seconds", "times slower", "points below"), rows)


def _scores(n: int, hard: int, features: int) -> Table:
    title = f"Scores: {n:,} points × {hard:,} hard points × {features:,} features, single precision"
    generator = np.random.default_rng(0)
    points = jnp.asarray(generator.standard_normal((n, features), np.float32))
    before = _peak()
    taken = fastest(lambda: largest_similarity(points, points[:hard]), 1)
    cells = {
        "seconds": f"{taken:.1f}",
        "GFlop/s": f"{2 * n * hard * features / taken / 1e9:.0f}",
        "points [MB]": f"{points.nbytes / 1e6:.0f}",
        "peak above start [MB]": f"{_peak() - before:.0f}",
        "matrix [MB]": f"{4 * n * hard / 1e6:.0f}",
    }
    return table_of(title, list(cells), [cells.values()], left=())


def _peak() -> float:
    """Most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    raise SystemExit(main())
