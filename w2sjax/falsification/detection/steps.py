"""Steps that may make an experiment smaller: points, directions, numbers."""

import dataclasses
from collections.abc import Iterator

from w2sjax.falsification.detection.experiment import INTEGERS, Experiment
from w2sjax.falsification.projection.steps import changes
from w2sjax.falsification.rationals import length

NUMBERS = ("density", "easy", "mean", "threshold", "failure")


def cost(experiment: Experiment) -> tuple[int, ...]:
    """Order experiments: points, directions, digits; a hard pattern that stays is the simpler one."""
    digits = sum(length(getattr(experiment, name)) for name in NUMBERS)
    return experiment.points, experiment.directions, digits + experiment.zeroed


def steps(experiment: Experiment) -> Iterator[Experiment]:
    """Propose smaller experiments, the largest steps first."""
    for name in INTEGERS:
        count = getattr(experiment, name)
        for fewer in dict.fromkeys((1, count // 4, count // 2, 3 * count // 4, count - 1)):
            if 1 <= fewer < count:
                yield dataclasses.replace(experiment, **{name: fewer})
    yield dataclasses.replace(experiment, zeroed=False)
    for name in NUMBERS:
        for changed in changes(getattr(experiment, name)):
            yield dataclasses.replace(experiment, **{name: changed})
    # One number may have to grow where another shrinks by more.
    for first in NUMBERS:
        for changed in changes(getattr(experiment, first), shorter=False):
            moved = dataclasses.replace(experiment, **{first: changed})
            for second in NUMBERS:
                if second != first:
                    for other in changes(getattr(experiment, second)):
                        yield dataclasses.replace(moved, **{second: other})
            for count in range(1, experiment.points):
                yield dataclasses.replace(moved, points=count)
