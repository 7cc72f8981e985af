"""Detection at n = 100,000: the change point beside `ruptures`, searching exhaustively, and the whole.

`ruptures` (Binseg, jump 1, min_size 1) tries every position and sums both sides anew each time, so its time
grows like the square of n. With `--points` above `--largest` it is timed at several smaller n
and extrapolated by the power law that fits them.

Run `python -m experiments.speed.detection [--points N] [--largest N] [--hard H] [--features D]`.
"""

import resource
import time

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table

from experiments._run import table_of
from experiments.speed._timing import fastest, sizes
from w2sjax.overlap.change_point import change_point
from w2sjax.overlap.scores import largest_similarity

MEANINGS = {"largest": "of ruptures; none above", "hard": "hard points; 0 skips the scores"}


def main(arguments: list[str] | None = None) -> int:
    """Print the times of the searches, then time and memory of the scores."""
    given = sizes(
        __doc__, arguments, MEANINGS, points=100_000, largest=100_000, hard=0, features=1024
    )
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


def exhaustive(ordered: np.ndarray, jump: int = 1, min_size: int = 1) -> int:
    """Search with ruptures, which needs the extra `bench`."""
    try:
        import ruptures
    except ImportError as error:
        raise ImportError("the comparison needs the extra: pip install 'w2sjax[bench]'") from error
    search = ruptures.Binseg(model="l2", jump=jump, min_size=min_size).fit(ordered)
    return search.predict(n_bkps=1)[0]


def _change_points(n: int, largest: int) -> Table:
    title = f"One change point of n = {n:,} scores, sorting included"
    columns = ("method", "seconds", "times slower", "points below")
    table = table_of(title, columns, (), title_justify="center")
    scores = draw(n)
    on_device = jnp.asarray(scores)
    start = time.perf_counter()
    split = jax.block_until_ready(change_point(on_device))
    first = time.perf_counter() - start
    ours = fastest(lambda: change_point(on_device))
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
            counts = np.array([largest // 4, largest // 2, largest])
            times = [fastest(lambda k=k, j=jump, m=min_size: exhaustive(np.sort(draw(k)), j, m), 1)
                     for k in counts]  # fmt: skip
            power, level = np.polyfit(np.log(counts), np.log(times), 1)
            theirs, answer = float(np.exp(level + power * np.log(n))), "extrapolated"
        table.add_row(f"ruptures, {label}", f"{theirs:.2f}", f"{theirs / ours:.0f}", answer)
    return table


def _scores(n: int, hard: int, features: int) -> Table:
    title = f"Scores: {n:,} points × {hard:,} hard points × {features:,} features, single precision"
    generator = np.random.default_rng(0)
    points = jnp.asarray(generator.standard_normal((n, features), np.float32))
    before = _peak()
    taken = fastest(lambda: largest_similarity(points, points[:hard]), 1)
    work = 2 * n * hard * features / taken / 1e9
    size, matrix = points.nbytes / 1e6, 4 * n * hard / 1e6
    numbers = (f"{work:.0f}", f"{size:.0f}", f"{_peak() - before:.0f}", f"{matrix:.0f}")
    columns = ("seconds", "GFlop/s", "points [MB]", "peak above start [MB]", "matrix [MB]")
    row = (f"{taken:.1f}", *numbers)
    return table_of(title, columns, [row], left=(), title_justify="center")


def _peak() -> float:
    """Most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    raise SystemExit(main())
