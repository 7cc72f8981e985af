"""10,000 bandits of 10 sources over 10,000 rounds, by strategy: seconds, compile time apart.

The bandits are spread over as many virtual devices as there are cores. Run
`python -m experiments.speed.selection [--bandits N] [--sources K] [--rounds T] [--repeats R]`.
"""

import os
import time

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
os.environ.setdefault("XLA_FLAGS", f"--xla_force_host_platform_device_count={CORES}")

import jax  # noqa: E402  the devices are counted when it is first used
import jax.numpy as jnp  # noqa: E402
from rich.console import Console  # noqa: E402

from experiments._run import table_of  # noqa: E402
from experiments.speed._timing import sizes  # noqa: E402
from w2sjax.overlap.bandits import STRATEGIES  # noqa: E402
from w2sjax.overlap.simulation import simulate  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Time every strategy and print the least of several runs."""
    given = sizes(__doc__, arguments, bandits=10_000, sources=10, rounds=10_000, repeats=3)
    size = (given.bandits, given.sources)
    means = jax.random.uniform(jax.random.key(1), size, jnp.float32)
    title = f"{given.bandits:,} bandits of {given.sources} sources over {given.rounds:,} rounds"
    columns = ("strategy", "run [s]", "processor time [s]", "compile [s]", "ns a choice", "regret")
    table = table_of(title, columns, ())
    for name in STRATEGIES:
        times, used, regret = [], [], 0.0
        for repeat in range(given.repeats + 1):
            wall, processor = time.perf_counter(), time.process_time()
            found = simulate(jax.random.key(repeat), means, name, given.rounds)
            regret = float(jnp.mean(found.regret))
            times.append(time.perf_counter() - wall)
            used.append(time.process_time() - processor)
        best = min(times[1:])
        table.add_row(
            name,
            f"{best:.2f}",
            f"{min(used[1:]):.2f}",
            f"{times[0] - best:.1f}",
            f"{1e9 * best / (given.bandits * given.rounds):.0f}",
            f"{regret:.4f}",
        )
    table.caption = f"{jax.device_count()} devices ({jax.devices()[0].device_kind})"
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
