"""What may be asked of an audit."""

import dataclasses
from collections.abc import Callable

import jax
from jaxtyping import PRNGKeyArray

from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.machine.host import memory_available
from w2sjax.machine.records import UNRECORDED, Part
from w2sjax.projecting.projection import MAX_STEPS

TOLERANCE = 1e-8  # relative gap: the four digits of a report ask for no more


@dataclasses.dataclass(frozen=True)
class Options:
    """How an audit is made, one part of it; see `audit`. `room` are the bytes that may be used.

    Raises:
        ValueError: for a number that is none of its kind.
    """

    bootstrap: int
    progress: Callable[[str, int, int], None] | None
    expansion: ExpansionOptions
    tolerance: float = TOLERANCE
    max_steps: int = MAX_STEPS
    memory: float | None = None
    room: float = 0.0
    key: PRNGKeyArray | None = None
    record: Part = UNRECORDED

    def __post_init__(self):
        expected = {
            "bootstrap: expected 0 or more resamples": self.bootstrap >= 0,
            "max_steps: expected at least 1": self.max_steps >= 1,
            "tolerance: expected a positive number": self.tolerance > 0,
            "memory: expected a positive number of gigabytes": self.memory is None
            or self.memory > 0,
        }
        for sentence, holds in expected.items():
            if not holds:
                raise ValueError(f"{sentence}, got {getattr(self, sentence.split(':')[0])}")
        if not self.room:
            room = memory_available() if self.memory is None else 1e9 * self.memory
            object.__setattr__(self, "room", room)


def keys_of(key: PRNGKeyArray | None, *, bootstrap: int, split: str | None) -> list:
    """Give the keys of a split and of the two parts, None without one.

    Raises:
        ValueError: where one is missing.
    """
    random = split is not None and not split.startswith("last:")
    if key is None and (bootstrap or random):
        what = "a bootstrap" if bootstrap else "a random split"
        raise ValueError(f"key: {what} needs one, such as jax.random.key(0)")
    return [None] * 3 if key is None else list(jax.random.split(key, 3))
