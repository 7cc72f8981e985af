"""What a search may spend, and what it reports."""

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager

from w2sjax.falsification.counterexample import Counterexample

PHASES = ("small", "random", "ascent")


@dataclasses.dataclass(frozen=True)
class Budget:
    """Limits of a search, for each set.

    Attributes:
        instances: random instances in floating point.
        small: small exact instances, enumerated or drawn.
        restarts: of gradient ascent, or of local search on finite worlds.
        seconds: of everything but shrinking and the compilation or ascent that is under way.
    """

    instances: int = 20_000
    small: int = 20_000
    restarts: int = 32
    seconds: float = 60.0

    def __post_init__(self):
        for name in ("instances", "small", "restarts"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: expected at least 0, got {getattr(self, name)}")
        if not self.seconds > 0:
            raise ValueError(f"seconds: expected a positive number, got {self.seconds}")


class Clock:
    """Adds up the time in which it runs, and knows its limit."""

    def __init__(self, limit: float, spent: float = 0.0):
        self.limit, self._spent = limit, spent
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let it run for the length of a block."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent, self._since = self.spent(), None

    def spent(self) -> float:
        """Seconds so far."""
        return self._spent + (0.0 if self._since is None else time.monotonic() - self._since)

    def charge(self, seconds: float) -> None:
        """Add time that was spent for several searches at once."""
        self._spent += seconds

    def expired(self) -> bool:
        """Whether the limit is reached."""
        return self.spent() >= self.limit


@dataclasses.dataclass(frozen=True)
class Falsification:
    """What a search says about one statement.

    Attributes:
        claim, drop, twin: what was searched.
        counterexample: confirmed exactly and shrunk; None if none was found.
        instances: how many each phase looked at: small, random, ascent.
        least_slack: the least normalised slack seen in floating point; inf if there was none.
        unconfirmed: violations in floating point that the exact engine does not confirm.
        undecided: small instances that the exact engine could not decide.
        invalid: random instances with a side that is not finite: nothing was checked.
        one_engine: instances that one exact engine finds violated and the second refuses.
        seconds: of the search, of each of its phases, and of shrinking.
        sets: those that were searched.
        exact: whether the statement has an exact side; without one nothing can be confirmed.
        note: why not, where it has none; or why the second engine refuses.
        complete: whether the search reached its end; otherwise time ran out.
    """

    claim: str
    drop: str | None
    twin: bool
    counterexample: Counterexample | None
    instances: dict[str, int]
    least_slack: float
    unconfirmed: int
    undecided: int
    seconds: dict[str, float]
    sets: tuple[str, ...]
    exact: bool = True
    complete: bool = True
    note: str = ""
    invalid: int = 0
    one_engine: int = 0

    @property
    def found(self) -> bool:
        """Whether there is a counterexample."""
        return self.counterexample is not None

    @property
    def refuted(self) -> bool:
        """Whether it is false as far as can be told: without an exact side floating point has to do."""
        return self.found or (not self.exact and self.unconfirmed > 0)
