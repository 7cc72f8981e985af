"""10,000 bandits of 10 sources over 10,000 rounds, by strategy: seconds, compile time apart.

The bandits are spread over as many virtual devices as there are cores. Run
`python -m experiments.speed.selection [--bandits N] [--sources K] [--rounds T] [--repeats R]`.
"""

import argparse
import functools
import os

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
os.environ.setdefault("XLA_FLAGS", f"--xla_force_host_platform_device_count={CORES}")

import jax  # noqa: E402  the devices are counted when it is first used
import jax.numpy as jnp  # noqa: E402

from experiments._run import Table, table_of  # noqa: E402
from experiments.speed._timing import benchmark, clock  # noqa: E402
from w2sjax.overlap import STRATEGIES, simulate  # noqa: E402

COLUMNS = {
    "strategy": "{strategy}",
    "run [s]": "{wall:.2f}",
    "processor time [s]": "{processor:.2f}",
    "compile [s]": "{compiling:.1f}",
    "ns a choice": "{choice:.0f}",
    "regret": "{regret:.4f}",
}


@benchmark(double=False, bandits=10_000, sources=10, rounds=10_000, repeats=3)
def main(given: argparse.Namespace) -> tuple[Table]:
    """Time every strategy, the least of several runs."""
    means = jax.random.uniform(jax.random.key(1), (given.bandits, given.sources), jnp.float32)
    rows = []
    for name in STRATEGIES:
        play = functools.partial(simulate, means=means, strategy=name, horizon=given.rounds)
        keys = [jax.random.key(repeat) for repeat in range(given.repeats + 1)]
        (first, _, _), *again = [clock(functools.partial(play, key)) for key in keys]
        walls, processors, answers = zip(*again, strict=True)
        row = {"strategy": name, "wall": min(walls), "processor": min(processors)}
        row |= {"compiling": first - min(walls), "regret": float(jnp.mean(answers[-1].regret))}
        rows.append(row | {"choice": 1e9 * min(walls) / (given.bandits * given.rounds)})
    title = f"{given.bandits:,} bandits of {given.sources} sources over {given.rounds:,} rounds"
    caption = f"{jax.device_count()} devices ({jax.devices()[0].device_kind})"
    return (table_of(title, COLUMNS, rows, caption=caption),)


if __name__ == "__main__":
    raise SystemExit(main())
