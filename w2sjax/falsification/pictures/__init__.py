"""Pictures of counterexamples, where the dimension allows one, and of what each assumption buys."""

import importlib
from pathlib import Path

from w2sjax.falsification.counterexample import Counterexample

DRAWN = {"projection": "plane", "expansion": "worlds"}  # by setting


def draw(found: Counterexample, stem: Path) -> Path | None:
    """Draw a counterexample as `stem`.png, .pdf and .svg; returns the first, None where there is no picture.

    Projections have one in the plane if at most two points have mass, worlds one up to eight points.
    Needs matplotlib.
    """
    if found.claim.setting.name not in DRAWN:
        return None
    picture = importlib.import_module(f"{__name__}.{DRAWN[found.claim.setting.name]}")
    return picture.draw(found, found.instance, stem) if picture.fits(found.instance) else None
