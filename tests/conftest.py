"""Double precision, strict promotion, checked types and eight virtual devices, before JAX starts."""

import atexit
import gc
import inspect
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

# Programs of tests compile for longer than they run, and workers and commands compile the same ones.
flags = "--xla_force_host_platform_device_count=8 --xla_backend_optimization_level=0"
if version("jaxlib").startswith("0.10."):  # the other code generator takes longer to compile
    flags += " --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
os.environ.setdefault("XLA_FLAGS", flags)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if "PYTEST_XDIST_WORKER" not in os.environ:
    programs = tempfile.mkdtemp(prefix="programs-")
    atexit.register(shutil.rmtree, programs, ignore_errors=True)
    os.environ["JAX_COMPILATION_CACHE_DIR"] = programs
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0.1"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"

import jaxtyping
from beartype import BeartypeConf, beartype


# An int will do for a float.
checked = beartype(conf=BeartypeConf(is_pep484_tower=True, violation_type=TypeError))
with_shapes = jaxtyping.jaxtyped


def jaxtyped(*, typechecker):
    """Check shapes where there are any, else plain types: that costs a hundredth, and is most functions.

    Not the constructors of pytrees, which JAX calls with anything, nor what is defined anew at every call.
    """

    def decorate(made):
        inner = getattr(made, "__func__", None) or getattr(made, "fget", made)
        if inspect.isclass(made):
            return made
        if "jaxtyping." in repr(inner.__annotations__):
            return with_shapes(made, typechecker=typechecker)
        return made if "<locals>" in inner.__qualname__ else checked(made)

    return decorate


jaxtyping.jaxtyped = jaxtyped  # which the import hook writes above every function
jaxtyping.install_import_hook("w2sjax", "conftest.checked")

import w2sjax  # noqa: F401  reserves XLA's threads

import jax
import pytest

gc.freeze()  # what was imported stays: the collector need not look at it again and again
gc.set_threshold(50_000, 20, 20)
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items):
    """Keep tests that share compiled programs on one worker (pytest-xdist's `loadgroup`)."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            names = (parameters.get(name) for name in ("kind", "name", "pair"))
            kind = next((str(name) for name in names if name is not None), "")
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {kind}"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Forget compiled programs before their pages of memory run out: Linux counts those of a process."""
    limit, maps = Path("/proc/sys/vm/max_map_count"), Path("/proc/self/maps")
    if (nextitem is None or nextitem.path != item.path) and limit.exists():
        if 2 * maps.read_bytes().count(b"\n") > int(limit.read_text()):
            jax.clear_caches()
