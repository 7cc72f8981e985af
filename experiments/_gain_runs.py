"""Many runs of one gain curve, block after block of one compiled program, on all cores.

A block fits into the caches of a core and is too small for XLA to share among cores, so each core is a
device. That has to be said before JAX starts, and is left alone where the user has set `XLA_FLAGS`.
"""

import dataclasses
import os
from typing import Any

os.environ.setdefault("XLA_FLAGS", f"--xla_force_host_platform_device_count={os.cpu_count()}")

import jax
import jax.numpy as jnp
import numpy as np

from experiments._run import at_least
from w2sjax.machine.compilation import compile_quickly
from w2sjax.machine.scale import over_devices
from w2sjax.mixture.gain import Design, Protocol, design, gain_curve
from w2sjax.mixture.logistic import FitStatus
from w2sjax.mixture.model import published

BLOCK = 10  # runs at a time on a device
RUNS = {"type": at_least(2)}  # the option of a study


@dataclasses.dataclass(frozen=True)
class Setting:
    """A mixture of the published kind.

    Attributes:
        counts: rows of easy-only, hard-only and overlap points.
        dimension: coordinates a pattern.
        separation: factor of the means.
        variance: of the noise.
        protocol: of the training.
    """

    counts: tuple[tuple[int, int, int], ...]
    dimension: int = 20
    separation: float = 1.0
    variance: float = 5.0
    protocol: Protocol = Protocol()

    @property
    def densities(self) -> np.ndarray:
        """Share of overlap points, a make-up each."""
        counts = np.asarray(self.counts, float)
        return counts[:, 2] / counts.sum(axis=1)

    def plan(self) -> Design:
        """The make-ups as masks."""
        counts = np.asarray(self.counts)
        return design(np.concatenate([counts, np.zeros((counts.shape[0], 1), int)], axis=1))


@dataclasses.dataclass(frozen=True)
class Runs:
    """Accuracies, shape (runs, make-ups, models, 1 + regions), and how the fits ended."""

    exact: np.ndarray
    simulated: np.ndarray
    statuses: dict[str, int]
    radius: float


class Program:
    """A compiled gain curve for all settings of one shape and protocol; `blocks` of runs a device."""

    def __init__(self, setting: Setting, blocks: int = 1):
        self.dimension, self.protocol = setting.dimension, setting.protocol
        self.blocks = blocks * jax.device_count()

        def one(key, plan, separation, variance):
            mixture_key, points_key = jax.random.split(key)
            mixture = published(mixture_key, dimension=self.dimension, variance=variance)
            mixture = dataclasses.replace(
                mixture,
                easy_mean=separation * mixture.easy_mean,
                hard_mean=separation * mixture.hard_mean,
            )
            curve = gain_curve(points_key, mixture, plan, self.protocol)
            fits = (curve.models.weak, curve.models.oracle, curve.models.student)
            status = jnp.stack([fit.status for fit in fits])
            radius = jnp.stack([fit.radius for fit in fits])
            ended = jnp.where(status < int(FitStatus.NO_MINIMUM), radius, 0)
            return curve.exact, curve.simulated, status, jnp.max(ended)

        def block(index, key, *given):
            places = index * BLOCK + jnp.arange(BLOCK)
            keys = jax.vmap(lambda place: jax.random.fold_in(key, place))(places)
            return jax.vmap(lambda own: one(own, *given))(keys)

        arguments = self._arguments(jax.random.key(0), 0, setting)
        self.call = compile_quickly(over_devices(block).lower(*arguments))

    def _arguments(self, key, first: int, setting: Setting):
        numbers = jnp.asarray(setting.separation), jnp.asarray(setting.variance)
        indices = first + jnp.arange(self.blocks)
        return indices, key, setting.plan(), *(number.astype(jnp.float64) for number in numbers)

    def run(
        self, key: Any, setting: Setting, runs: int, progress: Any = None, once: Any = None
    ) -> Runs:
        """Run `runs` times; run i depends on the key and i alone. `once` records, as of `Run`."""
        parts = []
        for first in range(0, -(-runs // BLOCK), self.blocks):

            def called(first=first):
                found = jax.device_get(self.call(*self._arguments(key, first, setting)))
                return [np.concatenate(list(leaf)) for leaf in found]

            unit = f"blocks {first} to {first + self.blocks}"
            parts.append(called() if once is None else once(unit, called))
            if progress is not None:
                progress(min((first + self.blocks) * BLOCK, runs), runs)
        exact, simulated, status, radius = (
            np.concatenate(part)[:runs] for part in zip(*parts, strict=True)
        )
        return Runs(
            exact=exact,
            simulated=simulated,
            statuses={kind.name: int(np.sum(status == kind)) for kind in FitStatus},
            radius=float(np.max(radius)),
        )
