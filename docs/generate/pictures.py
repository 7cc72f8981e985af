"""Pictures of counterexamples, drawn when the documentation is built and kept by what is drawn."""

import functools
import os
from importlib import metadata
from pathlib import Path

from docs.generate.results import checksum, stem
from docs.places import BUILD, THEOREMS
from w2sjax.falsification import pictures
from w2sjax.falsification.counterexample import Counterexample
from w2sjax.machine import figure_style

KEPT = BUILD / "pictures"


@functools.cache
def _program() -> str:
    """Tell versions of what draws apart."""
    files = [Path(figure_style.__file__), *sorted(Path(pictures.__file__).parent.glob("*.py"))]
    return metadata.version("matplotlib") + "".join(file.read_text() for file in files)


def picture_of(found: Counterexample) -> Path | None:
    """Draw a counterexample, unless that is done; None where there is no picture of it."""
    drawn = checksum(_program() + repr((found.instance, found.lhs, found.rhs)))
    path = KEPT / f"{stem(found.claim)}_{drawn}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if pictures.draw(found, path.with_suffix("")) is None:
            return None
    return path


def relative(path: Path) -> str:
    """Write where a picture is, as seen from a theorem's page."""
    return Path(os.path.relpath(path, THEOREMS)).as_posix()
