"""One projection at n = 1,000,000, d = 256, beside forming the Gram matrix with numpy.

Run `python -m experiments.speed.large [--points N] [--features D]`.
"""

import argparse

import jax
import numpy as np

import w2sjax
from experiments._run import Table, table_of
from experiments.speed._timing import benchmark, fastest
from w2sjax.projecting.sets import Subspace


@benchmark(points=1_000_000, features=256)
def main(given: argparse.Namespace) -> tuple[Table]:
    """Time both, the least of three runs each; give the ratio and the certificate."""
    generator = np.random.default_rng(0)
    features = generator.standard_normal((given.points, given.features))
    target = jax.numpy.asarray(generator.standard_normal(given.points))
    numpy_seconds = fastest(lambda: features.T @ features)
    on_device = jax.numpy.asarray(features)

    def ours():
        hypothesis = w2sjax.hypothesis_class(Subspace(), on_device, method="gram")
        return w2sjax.project(hypothesis, target)

    answer = jax.block_until_ready(ours())
    our_seconds = fastest(ours)
    cells = {
        "numpy Gram [s]": f"{numpy_seconds:.2f}",
        "projection [s]": f"{our_seconds:.2f}",
        "ratio": f"{our_seconds / numpy_seconds:.2f}",
        "gap / mean square": f"{float(answer.gap / jax.numpy.mean(target**2)):.1e}",
        "status": w2sjax.Status(int(answer.status)).name,
    }
    title = f"n = {given.points:,}, d = {given.features}"
    return (table_of(title, list(cells), [cells.values()], left=()),)


if __name__ == "__main__":
    raise SystemExit(main())
