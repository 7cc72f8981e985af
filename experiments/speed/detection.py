"""Detection at n = 100,000: the change point beside `ruptures`, searching exhaustively, and the whole.

`ruptures` (Binseg, jump 1, min_size 1) tries every position and sums both sides anew each time, so its time
grows like the square of n. With `--points` above `--largest` it is timed at several smaller n
and extrapolated by the power law that fits them.

Run `python -m experiments.speed.detection [--points N] [--largest N] [--hard H] [--features D]`.
"""

import argparse
import resource
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table

from w2sjax.overlap.change_point import change_point
from w2sjax.overlap.scores import largest_similarity

REPEATS = 3


def main(arguments: list[str] | None = None) -> int:
    """Print the times of the searches, then time and memory of the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--largest", type=int, default=100_000, help="of ruptures; none above")
    parser.add_argument("--hard", type=int, default=0, help="hard points; 0 skips the scores")
    parser.add_argument("--features", type=int, default=1024)
    given = parser.parse_args(arguments)
    jax.config.update("jax_enable_x64", True)
    console = Console(width=100)
    console.print(_change_points(given.points, given.largest))
    if given.hard:
        console.print(_scores(given.points, given.hard, given.features))
    return 0


def draw(n: int) -> np.ndarray:
    """Draw scores of two overlapping kinds."""
    generator = np.random.default_rng(0)
    return generator.normal(size=n) + 3 * (generator.uniform(size=n) < 0.4)


def seconds(call: Callable, repeats: int = REPEATS) -> float:
    """Give the least time of several calls."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(call())
        taken.append(time.perf_counter() - start)
    return min(taken)


def exhaustive(ordered: np.ndarray, jump: int = 1, min_size: int = 1) -> int:
    """Search with ruptures, which needs the extra `bench`."""
    try:
        import ruptures
    except ImportError as error:
        raise ImportError("the comparison needs the extra: pip install 'w2sjax[bench]'") from error
    search = ruptures.Binseg(model="l2", jump=jump, min_size=min_size).fit(ordered)
    return search.predict(n_bkps=1)[0]


def _change_points(n: int, largest: int) -> Table:
    table = Table(title=f"One change point of n = {n:,} scores, sorting included")
    for name in ("method", "seconds", "times slower", "points below"):
        table.add_column(name, justify="left" if name == "method" else "right")
    scores = draw(n)
    on_device = jnp.asarray(scores)
    start = time.perf_counter()
    split = jax.block_until_ready(change_point(on_device))
    first = time.perf_counter() - start
    ours = seconds(lambda: change_point(on_device))
    below = int(np.count_nonzero(scores < float(split.threshold)))
    table.add_row("w2sjax", f"{ours:.4f}", "1", str(below))
    table.add_row("w2sjax, first call with compiling", f"{first:.2f}", f"{first / ours:.0f}", "")
    ordered = np.sort(scores)
    for label, jump, min_size in (("exhaustive", 1, 1), ("default", 5, 2)):
        if n <= largest:
            start = time.perf_counter()
            answer = str(exhaustive(ordered, jump, min_size))
            theirs = time.perf_counter() - start
        else:
            sizes = np.array([largest // 4, largest // 2, largest])
            times = [seconds(lambda k=k, j=jump, m=min_size: exhaustive(np.sort(draw(k)), j, m), 1)
                     for k in sizes]  # fmt: skip
            power, level = np.polyfit(np.log(sizes), np.log(times), 1)
            theirs, answer = float(np.exp(level + power * np.log(n))), "extrapolated"
        table.add_row(f"ruptures, {label}", f"{theirs:.2f}", f"{theirs / ours:.0f}", answer)
    return table


def _scores(n: int, hard: int, features: int) -> Table:
    title = f"Scores: {n:,} points × {hard:,} hard points × {features:,} features, single precision"
    table = Table(title=title)
    for name in ("seconds", "GFlop/s", "points [MB]", "peak above start [MB]", "matrix [MB]"):
        table.add_column(name, justify="right")
    generator = np.random.default_rng(0)
    points = jnp.asarray(generator.standard_normal((n, features), np.float32))
    before = _peak()
    taken = seconds(lambda: largest_similarity(points, points[:hard]), 1)
    work = 2 * n * hard * features / taken / 1e9
    size, matrix = points.nbytes / 1e6, 4 * n * hard / 1e6
    numbers = (f"{work:.0f}", f"{size:.0f}", f"{_peak() - before:.0f}", f"{matrix:.0f}")
    table.add_row(f"{taken:.1f}", *numbers)
    return table


def _peak() -> float:
    """Most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    raise SystemExit(main())
