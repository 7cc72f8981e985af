"""One projection at n = 1,000,000, d = 256, beside forming the Gram matrix with numpy.

Run `python -m experiments.speed.large [--points N] [--features D]`.
"""

import jax
import numpy as np
from rich.console import Console

import w2sjax
from experiments._run import table_of
from experiments.speed._timing import fastest, sizes
from w2sjax.sets import Subspace


def main(arguments: list[str] | None = None) -> int:
    """Time both, the least of three runs each, and print the ratio and the certificate."""
    given = sizes(__doc__, arguments, points=1_000_000, features=256)
    jax.config.update("jax_enable_x64", True)
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
    scale = float(jax.numpy.mean(target**2))
    row = (
        f"{numpy_seconds:.2f}",
        f"{our_seconds:.2f}",
        f"{our_seconds / numpy_seconds:.2f}",
        f"{float(answer.gap) / scale:.1e}",
        w2sjax.Status(int(answer.status)).name,
    )
    columns = ("numpy Gram [s]", "projection [s]", "ratio", "gap / mean square", "status")
    title = f"n = {given.points:,}, d = {given.features}"
    Console().print(table_of(title, columns, [row], left=()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
