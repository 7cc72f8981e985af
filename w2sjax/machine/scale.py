"""Spread blocks of work over devices, and record finished work so that a killed run goes on."""

import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, PartitionSpec

from w2sjax.machine.writable import write_whole


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


def _path(folder: str | Path, identity: dict[str, Any]) -> Path:
    text = json.dumps(identity, sort_keys=True)
    return Path(folder) / f"{zlib.crc32(text.encode()):08x}.npz"


def load_state(folder: str | Path | None, identity: dict[str, Any]) -> tuple[Any, int]:
    """Return the recorded state of a run with this identity and how much of it is done.

    Raises:
        ValueError: if a record exists but belongs to another run or cannot be read.
    """
    if folder is None or not _path(folder, identity).exists():
        return None, 0
    path = _path(folder, identity)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as record:
            recorded = json.loads(str(record["identity"]))
            state = {name[2:]: record[name] for name in record.files if name.startswith("s_")}
            done = int(record["done"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"checkpoint: {path} cannot be read ({error}); remove it") from error
    if recorded != identity:
        raise ValueError(f"checkpoint: {path} belongs to another run; use another folder")
    return state, done


def save_state(
    folder: str | Path | None, identity: dict[str, Any], state: dict[str, Any], done: int
) -> None:
    """Record the state of a run; the file is replaced in one step, so a kill leaves a whole one."""
    if folder is None:
        return
    path = _path(folder, identity)
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {f"s_{name}": np.asarray(value) for name, value in state.items()}
    arrays |= {"identity": np.asarray(json.dumps(identity)), "done": np.asarray(done)}
    write_whole(path, lambda stream: np.savez(stream, **arrays))
