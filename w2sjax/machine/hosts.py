"""Several processes, one a host, that share their devices by `jax.distributed`.

Every one of them runs the same program; only the first prints and writes.
"""

import contextlib
import os
import re
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

DETECTED = "auto"
FORM = "PLACE/COUNT@ADDRESS:PORT"


def join(given: str | None) -> None:
    """Become one of several hosts; before the first computation, and not at all for None.

    Args:
        given: "auto" where Slurm, Open MPI or a TPU pod tell JAX about each other's places, or such as
            "0/2@10.0.0.1:1234": the first of two, whose address is given to both.

    Raises:
        ValueError: for anything else, and where nothing was detected.
    """
    if given is None:
        return
    if given == DETECTED:
        try:
            jax.distributed.initialize()
        except ValueError as error:
            raise ValueError(
                f"--hosts {given}: no Slurm, Open MPI or TPU pod was found ({error}); give {FORM}"
            ) from error
        return
    found = re.fullmatch(r"(\d+)/(\d+)@(.+:\d+)", given)
    if found is None or int(found[1]) >= int(found[2]):
        raise ValueError(
            f"--hosts: expected {DETECTED} or {FORM} with PLACE < COUNT, got {given!r}"
        )
    jax.distributed.initialize(found[3], int(found[2]), int(found[1]))


def several() -> bool:
    """Whether there are other hosts."""
    return jax.process_count() > 1


def first() -> bool:
    """Whether this is the host that prints and writes."""
    return jax.process_index() == 0


def together(given: str, command: Callable[..., int]) -> Callable[..., int]:
    """Make a command of one that every host runs; the first prints and writes `json` and `out`."""

    def run(**options: Any) -> int:
        join(given)
        if first():
            return command(**options)
        options |= dict.fromkeys(options.keys() & {"json", "out"})
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            with contextlib.redirect_stderr(nowhere):
                return command(**options)

    return run


def fetched(tree: Any) -> Any:
    """Bring arrays to the host, parts that lie on other hosts' devices too."""
    return (
        multihost_utils.process_allgather(tree, tiled=True) if several() else jax.device_get(tree)
    )


def of_each(number: int) -> np.ndarray:
    """Give the numbers that all hosts have here; each has to ask."""
    return np.atleast_1d(multihost_utils.process_allgather(np.asarray(number)))
