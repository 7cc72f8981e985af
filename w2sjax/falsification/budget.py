"""What a search may spend, and what it reports."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from w2sjax.falsification import rendering
from w2sjax.falsification.counterexample import Counterexample
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown

PHASES = ("small", "random", "ascent", "open")
COUNTS = ("instances", "small", "restarts", "exact")


@dataclasses.dataclass(frozen=True)
class Budget:
    """Limits of a search, for each set.

    Attributes:
        instances: random instances in floating point.
        small: small exact instances, enumerated or drawn.
        restarts: of gradient ascent, or of local search on finite worlds.
        seconds: of everything but shrinking and the compilation or ascent that is under way. Phases
            share it, and in each the sets; what one leaves unused passes on.
        exact: random instances that floating point does not settle and that are decided exactly.
    """

    instances: int = 20_000
    small: int = 20_000
    restarts: int = 32
    seconds: float = 60.0
    exact: int = 1_000

    def __post_init__(self):
        for name in COUNTS:
            if (count := getattr(self, name)) < 0:
                raise ValueError(f"{name}: expected at least 0, got {count}")
        if not self.seconds > 0:
            raise ValueError(f"seconds: expected a positive number, got {self.seconds}")


class Clock:
    """Adds up the time in which it runs, and knows its limit; `now` tells the time in seconds."""

    def __init__(self, limit: float, spent: float = 0.0, now: Callable[[], float] | None = None):
        self.limit, self._spent, self._now = limit, spent, now or time.monotonic
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let it run for the length of a block."""
        self._since = self._now()
        try:
            yield
        finally:
            self._spent, self._since = self.spent(), None

    def spent(self) -> float:
        """Seconds so far."""
        return self._spent + (0.0 if self._since is None else self._now() - self._since)

    def left(self) -> float:
        """Seconds to the limit."""
        return self.limit - self.spent()

    @contextmanager
    def part(self, parts: int) -> Iterator[None]:
        """Lower the limit, for the length of a block, to one of so many equal parts of what is left."""
        whole = self.limit
        self.limit = min(whole, self.spent() + self.left() / parts)
        try:
            yield
        finally:
            self.limit = whole

    def charge(self, seconds: float) -> None:
        """Add time that was spent for several searches at once."""
        self._spent += seconds

    def expired(self) -> bool:
        """Whether the limit is reached."""
        return self.left() <= 0


@dataclasses.dataclass(frozen=True)
class Falsification(Shown):
    """What a search says about one claim.

    Attributes:
        claim, drop, twin: what was searched.
        counterexample: confirmed exactly and shrunk; None if none was found.
        instances: how many each phase looked at: small, random, ascent.
        least_slack: the least normalised slack seen in floating point; inf if there was none.
        unconfirmed: violations in floating point that the exact engine does not confirm.
        undecided: small instances that the exact engine could not decide.
        invalid: random instances with a side that is not finite: nothing was checked.
        open: random instances that floating point does not settle: equal, undecided, invalid, violated.
        decided: how many of these were decided exactly, those of least slack first.
        one_engine: instances that one exact engine finds violated and the second refuses.
        seconds: of the search, of each of its phases, and of shrinking.
        sets: those that were searched.
        exact: whether the claim has an exact side; without one nothing can be confirmed.
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
    open: int = 0
    decided: int = 0
    one_engine: int = 0

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.falsification.pages import report

        return report([self])

    @property
    def stem(self) -> str:
        """Name its files."""
        return rendering.stem(self.claim, self.twin, self.drop)

    @property
    def found(self) -> bool:
        """Whether there is a counterexample."""
        return self.counterexample is not None

    @property
    def outcome(self) -> str:
        """Say in a word or two what was found."""
        if self.one_engine or self.found:
            return "one engine" if self.one_engine else "counterexample"
        return "unconfirmed" if self.unconfirmed else "none found"

    @property
    def refuted(self) -> bool:
        """Whether it is false as far as can be told: without an exact side floating point has to do."""
        return self.found or (not self.exact and self.unconfirmed > 0)
