"""Spread blocks of work over devices."""

from collections.abc import Callable
from typing import Any

import jax
from jax.sharding import AxisType, PartitionSpec


def over_devices(block: Callable[..., Any], count: int | None = None) -> Any:
    """Make a jitted `program(ids, *shared)` that maps `block(id, *shared)` over ids, in order.

    The ids are divided evenly among `count` devices, by default all; each runs its own one after
    another, so a block is the same computation wherever it runs.
    """
    devices = jax.devices()[:count]
    mesh = jax.make_mesh((len(devices),), ("block",), (AxisType.Auto,), devices=devices)

    def local(ids, *shared):
        return jax.lax.map(lambda index: block(index, *shared), ids)

    def program(ids, *shared):
        spread, everywhere = PartitionSpec("block"), PartitionSpec()
        mapped = jax.shard_map(
            local,
            mesh=mesh,
            in_specs=(spread,) + (everywhere,) * len(shared),
            out_specs=spread,
            check_vma=False,
        )
        return mapped(ids, *shared)

    return jax.jit(program)
