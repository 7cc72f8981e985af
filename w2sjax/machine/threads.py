"""Enough XLA threads on a CPU: fewer than the LAPACK calls that may run at once is a deadlock.

jaxlib's batched LAPACK kernels run on a worker of XLA's thread pool and wait there for tasks that
they put into the same pool (`jax::ParallelBatchMap`). When every worker waits, nobody is left to work:
on a machine with two cores two independent decompositions in one program wait for ever, and eight
virtual devices that share the pool run eight programs at once. The size of the pool is read from this
variable when the CPU backend starts, so it must be set before the first computation; a value that the
user has set is left alone.
"""

import os
import re

WORKERS = 32  # a device: more than two of our programs have decompositions at a time


def reserve() -> None:
    """Ask for at least `WORKERS` threads a virtual device, unless the user has chosen a number."""
    wanted = WORKERS * _virtual_devices()
    if (os.cpu_count() or 1) < wanted:
        os.environ.setdefault("PJRT_NPROC", str(wanted))


def _virtual_devices() -> int:
    """Read how many devices the CPU is split into, from either place where that is said."""
    flag = re.search(r"host_platform_device_count=(\d+)", os.environ.get("XLA_FLAGS", ""))
    number = flag.group(1) if flag else os.environ.get("JAX_NUM_CPU_DEVICES", "")
    return max(int(number), 1) if number.isdigit() else 1


def one_blas_thread() -> None:
    """Keep OpenBLAS to one thread a call, for programs whose batches already fill the cores.

    Dozens of workers that each start OpenBLAS threads take a thousand times as long for a batch of
    small QR decompositions. Takes effect before numpy is imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


reserve()
