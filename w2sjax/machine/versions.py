"""Versions of what a result depends on."""

import functools
import hashlib
import platform
from importlib import metadata
from pathlib import Path


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


@functools.cache
def code(folder: Path | None = None) -> str:
    """Tell the program texts under a folder apart; by default w2sjax's, whose version changes less often."""
    folder = Path(__file__).parents[1] if folder is None else folder
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(f"{path.relative_to(folder)};".encode())
        found.update(path.read_bytes())
    return found.hexdigest()
