"""What one device makes of this library's work, beside what it can do at most.

The most is measured on the device itself: products of square matrices, in single and in double precision, and
a copy. Operations are counted as `_operations` says, and for the figure six for every weight of a network and
example of its training; so shares are from below. Compile times are apart, but for the figure's. Features
larger than memory are multiplied by numpy on the host, and set beside numpy's own product there.

Run `python -m experiments.speed.accelerator [--preset small|full] [--work NAME ...] [--tests]`, on whatever
device JAX finds; `--tests` then runs the whole test suite, in doubles, there.
"""

import dataclasses
import functools
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console

import w2sjax
from experiments import misfit_gain
from experiments._gain_runs import BLOCK, Program, Setting
from experiments._run import parser_of, table_of
from experiments.speed._operations import operations
from experiments.speed._timing import clock, fastest
from w2sjax.claims import REGISTRY
from w2sjax.mixture.gain import gain_curve
from w2sjax.mixture.model import published
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.sets import Affine, L2Ball
from w2sjax.settings.random_instances import compared, draw_of, prepare

SETTING = Setting(tuple((100, 100, overlap) for overlap in range(10, 100, 10)))  # as published


@dataclasses.dataclass(frozen=True)
class Config:
    """How much of each; the side of the square matrices, and the numbers that are copied."""

    instances: int = 100_000
    runs: int = 500
    seeds: int = 64
    figure: str = "paper"
    projections: int = 10_000
    points: int = 200
    features: int = 16
    streamed: tuple[int, int] = (1_000_000, 256)
    side: int = 4096
    copied: int = 2**27


PRESETS = {
    "full": Config(),
    "small": Config(
        instances=1_000, runs=20, seeds=1, figure="quick", projections=100, streamed=(20_000, 64),
        side=256, copied=2**20,
    ),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Measured:
    """One kind of work: `count` pieces in so many seconds; `peak` is what its operations are held against."""

    count: int
    seconds: float
    operations: float
    peak: str = "double"


def verified(config: Config) -> Measured:
    """Theorem 1 on random instances over a ball."""
    (claim,) = (claim for claim in REGISTRY if claim.name == "misfit_gain")
    (found,) = w2sjax.verify(claim, 0, sets=["l2_ball:1"], instances=config.instances)

    def one(key):
        prepared = prepare(draw_of(claim)(key, L2Ball(jnp.asarray(1.0))), (claim,))
        return compared(prepared, claim).normalised_slack

    each = operations(one, jax.random.key(0))
    return Measured(config.instances, found.seconds, config.instances * each)


def curved(config: Config) -> Measured:
    """Runs of the gain curve, nine densities each."""
    program, key = (
        Program(SETTING, -(-config.runs // (BLOCK * jax.device_count()))),
        jax.random.key(0),
    )
    seconds, _, _ = clock(lambda: program.run(key, SETTING, config.runs))
    each = operations(lambda key: gain_curve(key, published(key), SETTING.plan()).exact, key)
    return Measured(config.runs, seconds, config.runs * each)


def drawn(config: Config) -> Measured:
    """Seeds of the figure of gain against misfit, compile time included."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--preset", config.figure, "--seeds", str(config.seeds), "--out", folder]
        seconds, _, _ = clock(lambda: misfit_gain.main(arguments))
    made = misfit_gain.PRESETS[config.figure].learners
    weights = sum(
        made.width * (made.inputs + (depth - 1) * made.width) for depth in (made.deep, made.shallow)
    )
    examples = made.tasks * made.points * made.schedule.epochs
    examples += made.few_tasks * made.few_points * made.few_schedule.epochs
    return Measured(config.seeds, seconds, 6.0 * config.seeds * weights * examples, "single")


def projected(config: Config) -> Measured:
    """Projections on balls, each over features of its own, by their Gram matrices."""
    keys = jax.random.split(jax.random.key(0))
    shape = config.projections, config.points
    features = jax.random.normal(keys[0], (*shape, config.features))
    targets = jax.random.normal(keys[1], shape)

    def one(features, target):
        ball = w2sjax.hypothesis_class(L2Ball(jnp.asarray(0.5)), features, method="gram")
        return w2sjax.project(ball, target).gap

    program = jax.jit(jax.vmap(one))
    jax.block_until_ready(program(features, targets))
    seconds = fastest(lambda: program(features, targets))
    each = operations(one, features[0], targets[0])
    return Measured(config.projections, seconds, config.projections * each)


def streamed(config: Config) -> Measured:
    """One pass over rows in single precision that forms their Gram matrix in doubles."""
    points, width = config.streamed
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.npy"
        rows = np.lib.format.open_memmap(path, "w+", np.float32, config.streamed)
        rows[:] = np.random.default_rng(0).standard_normal(config.streamed, np.float32)
        seconds = fastest(lambda: w2sjax.hypothesis_class(Affine(), Rows(rows)).factorisation)
    return Measured(points, seconds, 2.0 * points * width**2, "numpy")


WORK: dict[str, tuple[Callable[[Config], Measured], str]] = {
    "verify": (verified, "instances"),
    "gain_curve": (curved, "runs"),
    "misfit_gain": (drawn, "seeds"),
    "projections": (projected, "projections"),
    "streaming": (streamed, "rows"),
}


def peaks(config: Config) -> dict[str, float]:
    """Most operations a second by precision, numpy's in doubles, and bytes a second of a copy."""
    side, product = config.side, jax.jit(functools.partial(jnp.matmul, precision="highest"))
    found = {}
    for name, dtype in (("single", jnp.float32), ("double", jnp.float64)):
        square = jnp.ones((side, side), dtype)
        jax.block_until_ready(product(square, square))
        found[name] = 2.0 * side**3 / fastest(functools.partial(product, square, square))
    square = np.ones((side, side))
    found["numpy"] = 2.0 * side**3 / fastest(lambda: square @ square)
    numbers, copy = jnp.ones(config.copied), jax.jit(lambda numbers: numbers + 1)
    jax.block_until_ready(copy(numbers))
    found["bytes"] = 16.0 * config.copied / fastest(lambda: copy(numbers))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table, run the tests if asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--preset", choices=PRESETS, default="full")
    parser.add_argument("--work", choices=WORK, action="append", help="this alone; repeatable")
    parser.add_argument("--tests", action="store_true", help="run the whole test suite, too")
    given = parser.parse_args(arguments)
    jax.config.update("jax_enable_x64", True)
    config, console = PRESETS[given.preset], Console(width=100)
    most = peaks(config)
    rows = []
    for name in given.work or WORK:
        measure, pieces = WORK[name]
        one = measure(config)
        rate = one.operations / one.seconds
        rows.append(
            (name, f"{one.count:,} {pieces}", f"{one.seconds:.3g}", f"{one.count / one.seconds:,.3g}",
             f"{rate / 1e9:.3g}", f"{rate / most[one.peak]:.2%} of {one.peak}")
        )  # fmt: skip
    device = jax.devices()[0]
    console.print(
        table_of(
            f"{jax.device_count()} of {device.device_kind} ({device.platform})",
            ("work", "how much", "seconds", "a second", "Gflop/s", "share, at least"),
            rows,
            caption="Most: " + ", ".join(f"{name} {value / 1e9:,.4g}" for name, value in most.items())
            + " (Gflop/s, GB/s).",
        ),
        highlight=False,
    )  # fmt: skip
    if given.tests:
        return subprocess.run([sys.executable, "-m", "pytest", "-q"], check=False).returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
