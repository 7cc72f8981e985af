"""Enough XLA threads on a CPU: fewer than the LAPACK calls that may run at once is a deadlock.

jaxlib's batched LAPACK kernels run on a worker of XLA's thread pool and wait there for tasks that
they put into the same pool (`jax::ParallelBatchMap`). On a machine with two cores the pool has two
workers, and two independent decompositions in one program then wait for ever. The size of the pool
is read from this variable when the CPU backend starts, so it must be set before the first
computation; a value that the user has set is left alone.
"""

import os

WORKERS = 16


def reserve() -> None:
    """Ask for at least `WORKERS` threads, unless the user has chosen a number."""
    if (os.cpu_count() or 1) < WORKERS:
        os.environ.setdefault("PJRT_NPROC", str(WORKERS))


def one_blas_thread() -> None:
    """Keep OpenBLAS to one thread a call, for programs whose batches already fill the cores.

    Sixteen workers that each start OpenBLAS threads take a thousand times as long for a batch of
    small QR decompositions. Takes effect before numpy is imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


reserve()
