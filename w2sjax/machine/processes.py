"""Work on several cores, for what keeps one of them busy."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def at_a_time() -> int:
    """Say how many may work at a time: one a core, but one alone on an accelerator, which is not shared."""
    import jax

    return cores() if jax.default_backend() == "cpu" else 1


@contextmanager
def mapping(processes: int) -> Iterator[Callable[..., Any]]:
    """Give a `map` that works on several pieces at a time: in new processes, or here if it is one.

    Pieces and answers have to be picklable, answers come in order, and an error ends the whole.
    """
    if processes == 1:
        yield map
        return
    context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    pool = ProcessPoolExecutor(processes, context, _begin)
    try:
        yield pool.map
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """Set a new process up as commands are, and let it end with the one that began it."""
    import jax

    from w2sjax.machine.program_cache import keep_programs

    end_with_parent()
    jax.config.update("jax_enable_x64", True)
    keep_programs()


def end_with_parent() -> None:
    """Let this process of a pool end with the one that began it, which may be killed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
