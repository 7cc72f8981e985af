"""Compiled programs in the user's cache folder, so that the second run of a command need not compile."""

import os
import platform
import warnings
import zlib
from pathlib import Path

import platformdirs

VARIABLE, OFF = "W2SJAX_CACHE", "off"
SHORTEST = 0.3  # seconds of compilation from which a program is kept


def folder() -> Path | None:
    """Say where programs are kept: `W2SJAX_CACHE` names a folder, or is "off"; the user's by default."""
    given = os.environ.get(VARIABLE, "")
    if given == OFF:
        return None
    place = Path(given) if given else platformdirs.user_cache_path("w2sjax") / "programs"
    return place / f"{zlib.crc32(_processor().encode()):08x}"


def keep_programs() -> None:
    """Let JAX keep its compiled programs, and take those that it has.

    One that cannot be read is compiled again; another version of JAX or another processor has its own.
    A folder that JAX has been told of is left alone.
    """
    import jax

    place = folder()
    told = jax.config.jax_compilation_cache_dir  # pyright: ignore[reportAttributeAccessIssue]
    if place is None or told is not None:
        return
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", SHORTEST)
    jax.config.update("jax_raise_persistent_cache_errors", False)
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache")


def _processor() -> str:
    """Tell processors apart by what instructions they know: a program for one may crash another."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    known = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return known or f"{platform.machine()} {platform.processor()}"
