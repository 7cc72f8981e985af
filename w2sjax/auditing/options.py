"""What may be asked of an audit."""

import dataclasses
from collections.abc import Callable

from jaxtyping import PRNGKeyArray

from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.recorded import Once
from w2sjax.machine.host import memory_available


@dataclasses.dataclass(frozen=True)
class Options:
    """How an audit is made, one part of it; see `audit`.

    Raises:
        ValueError: for a number that is none of its kind.
    """

    bootstrap: int
    tolerance: float
    max_steps: int
    memory: float | None
    progress: Callable[[str, int, int], None] | None
    expansion: ExpansionOptions
    key: PRNGKeyArray | None = None
    once: Once = lambda unit, compute: compute()

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

    @property
    def room(self) -> float:
        """Bytes that may be used."""
        return memory_available() if self.memory is None else 1e9 * self.memory
