"""One projection at n = 1,000,000, d = 256, beside forming the Gram matrix with numpy.

Run `python -m experiments.speed.large [--points N] [--features D]`.
"""

import argparse
import time

import jax
import numpy as np
from rich.console import Console
from rich.table import Table

import w2sjax
from w2sjax.sets import Subspace


def main(arguments: list[str] | None = None) -> int:
    """Time both, the least of three runs each, and print the ratio and the certificate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=256)
    given = parser.parse_args(arguments)
    jax.config.update("jax_enable_x64", True)
    generator = np.random.default_rng(0)
    features = generator.standard_normal((given.points, given.features))
    target = jax.numpy.asarray(generator.standard_normal(given.points))
    numpy_seconds = min(_seconds(lambda: features.T @ features) for _ in range(3))
    on_device = jax.numpy.asarray(features)

    def ours():
        hypothesis = w2sjax.hypothesis_class(Subspace(), on_device, method="gram")
        answer = w2sjax.project(hypothesis, target)
        return jax.block_until_ready(answer)

    answer = ours()
    our_seconds = min(_seconds(ours) for _ in range(3))
    table = Table(title=f"n = {given.points:,}, d = {given.features}", title_justify="left")
    for name in ("numpy Gram [s]", "projection [s]", "ratio", "gap / mean square", "status"):
        table.add_column(name, justify="right")
    scale = float(jax.numpy.mean(target**2))
    table.add_row(
        f"{numpy_seconds:.2f}",
        f"{our_seconds:.2f}",
        f"{our_seconds / numpy_seconds:.2f}",
        f"{float(answer.gap) / scale:.1e}",
        w2sjax.Status(int(answer.status)).name,
    )
    Console().print(table)
    return 0


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
