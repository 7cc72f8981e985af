"""Pictures of counterexamples, where the dimension allows one, and of what each hypothesis buys."""

import importlib.util
from pathlib import Path

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.pictures import plane, worlds
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.worlds.world import World


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def draw(found: Counterexample, stem: Path) -> Path | None:
    """Draw a counterexample as `stem`.png and `stem`.pdf; returns the first, None where there is no picture.

    Projections have one in the plane if at most two points have mass, worlds one up to eight points.
    Needs matplotlib.
    """
    instance = found.instance
    if isinstance(instance, Problem) and plane.fits(instance):
        return plane.draw(found, instance, stem)
    if isinstance(instance, World) and worlds.fits(instance):
        return worlds.draw(found, instance, stem)
    return None
