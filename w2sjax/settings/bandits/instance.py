"""A choice among data sources in rational numbers: few outcomes and rounds, or play that is determined."""

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import dot
from w2sjax.settings.records import Record, axes

LARGEST = 10**5  # rounds


@dataclasses.dataclass(frozen=True)
class Instance(Record):
    r"""Sources to choose from, round after round.

    A scenario is drawn first; within it every source pays independent rewards of a finite distribution. With
    several scenarios the rewards of a source have the same distribution in every round, but depend on each
    other.

    Attributes:
        horizon: T.
        failure: $\delta$, for claims with probability.
        scenarios: their probabilities; one, if rewards are independent.
        chances, rewards: the distribution of what each source pays in a scenario.
    """

    horizon: int
    failure: Fraction
    scenarios: list[Fraction] = axes("scenario")
    chances: list[list[list[Fraction]]] = axes("scenario", "source")
    rewards: list[list[list[Fraction]]] = axes("scenario", "source")

    @property
    def size(self) -> int:
        """Number of sources."""
        return len(self.chances[0]) if self.chances else 0

    def described(self) -> str:
        """Say how many sources, scenarios and rounds there are."""
        count, scenarios = self.size, len(self.scenarios)
        words = [f"{count} source" + "s" * (count > 1), f"T = {self.horizon}"]
        return ", ".join([*words, *([f"{scenarios} scenarios"] if scenarios > 1 else [])])

    def means(self) -> list[list[Fraction]]:
        """Mean reward of each source in each scenario."""
        scenarios = zip(self.chances, self.rewards, strict=True)
        return [list(map(dot, *both)) for both in scenarios]

    def densities(self) -> list[Fraction]:
        """Mean reward of each source over all scenarios."""
        return [dot(self.scenarios, means) for means in zip(*self.means(), strict=True)]

    def known(self, number: Callable[[Any], Any]) -> dict[tuple[str, ...], Any]:
        """Give the quantities that hang on no choice, in numbers of any arithmetic."""
        values = {"K": self.size, "T": self.horizon, "delta": self.failure}
        values["best"] = max(self.densities())
        return {(name,): number(value) for name, value in values.items()}

    def satisfied(self) -> dict[str, bool]:
        """Say which assumptions it satisfies."""
        return {
            "independence": len(self.scenarios) == 1,
            "boundedness": all(0 <= value <= 1 for value in self.numbers("rewards")),
        }

    def fault(self) -> str | None:
        """Say what makes it no choice among sources."""
        if self.misshapen() is not None:
            return self.misshapen()
        if not self.size:
            return "scenarios: expected at least one, with at least one source"
        places = [(i, k) for i in range(len(self.scenarios)) for k in range(self.size)]
        if any(len(self.chances[i][k]) != len(self.rewards[i][k]) for i, k in places):
            return "rewards: expected as many as chances"
        shares = [self.scenarios, *(source for row in self.chances for source in row)]
        if any(not share or min(share) <= 0 or sum(share) != 1 for share in shares):
            return "probability: expected positive numbers that sum to 1"
        if not self.size <= self.horizon <= LARGEST:
            allowed = f"{self.size} (the sources) to {LARGEST}"
            return f"horizon: expected {allowed}, got {self.horizon}"
        if not 0 < self.failure < 1:
            return f"failure: expected a number between 0 and 1, got {self.failure}"
        return None
