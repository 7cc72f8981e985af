"""What a search may spend, and what it reports."""

import dataclasses

from w2sjax.falsification.counterexample import Counterexample


@dataclasses.dataclass(frozen=True)
class Budget:
    """Limits of a search, for each set.

    Attributes:
        instances: random instances in floating point.
        small: small exact instances, enumerated or drawn.
        restarts: of gradient ascent, or of local search on finite worlds.
        seconds: of everything but shrinking and the compilation that is under way.
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
        seconds: of the search, and of shrinking.
        sets: those that were searched.
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

    @property
    def found(self) -> bool:
        """Whether there is a counterexample."""
        return self.counterexample is not None
