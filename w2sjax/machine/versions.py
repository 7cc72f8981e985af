"""Versions of what a result depends on."""

import functools
import platform
from importlib import metadata


def versions() -> dict[str, str]:
    """Versions of w2sjax, Python and the numerical packages, by name."""
    return dict(_versions())


@functools.cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("w2sjax", "jax", "jaxlib", "numpy", "scipy", "optax"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
