r"""A choice among data sources in rational numbers, as in `claims.overlap.regret_instance`; needs no JAX.

A scenario is drawn first; within it every source pays independent rewards of a finite distribution. With one
scenario the sources are as the claims want them. With several the rewards of a source still have the same
distribution in every round, but depend on each other. The density of a source is the mean of its rewards.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.falsification.rationals import field, text

Source = tuple[tuple[Fraction, Fraction], ...]  # probabilities and rewards
LARGEST = 10**5  # rounds


@dataclasses.dataclass(frozen=True)
class Scenario:
    """What the sources pay if it is drawn.

    Attributes:
        probability: of drawing it.
        sources: the distribution of the rewards of each.
    """

    probability: Fraction
    sources: tuple[Source, ...]

    def means(self) -> list[Fraction]:
        """Mean reward of each source."""
        return [sum((p * value for p, value in source), Fraction(0)) for source in self.sources]


@dataclasses.dataclass(frozen=True)
class Bandit:
    r"""Sources to choose from, round after round.

    Attributes:
        horizon: T.
        failure: $\delta$, for the claim that holds with probability.
        scenarios: one, if rewards are independent.
    """

    horizon: int
    failure: Fraction
    scenarios: tuple[Scenario, ...]

    @property
    def sources(self) -> int:
        """Number of sources."""
        return len(self.scenarios[0].sources)

    @property
    def size(self) -> int:
        """Number of sources."""
        return self.sources

    @property
    def unlucky(self) -> Fraction:
        """$2K / T^3$."""
        return Fraction(2 * self.sources, self.horizon**3)

    def described(self) -> str:
        """Say how many sources, scenarios and rounds there are."""
        count, scenarios = self.sources, len(self.scenarios)
        words = [f"{count} source" + "s" * (count > 1), f"T = {self.horizon}"]
        return ", ".join([*words, *([f"{scenarios} scenarios"] if scenarios > 1 else [])])

    def densities(self) -> list[Fraction]:
        """Mean reward of each source over all scenarios."""
        weighted = [[s.probability * mean for mean in s.means()] for s in self.scenarios]
        return [sum(column, Fraction(0)) for column in zip(*weighted, strict=True)]

    def rewards(self) -> list[Fraction]:
        """All that is ever paid."""
        return [v for s in self.scenarios for source in s.sources for _, v in source]

    def satisfied(self) -> dict[str, bool]:
        """Say which hypotheses it satisfies."""
        return {
            "independence": len(self.scenarios) == 1,
            "boundedness": all(0 <= value <= 1 for value in self.rewards()),
        }

    def fault(self) -> str | None:
        """Say what makes it no choice among sources."""
        if not self.scenarios or not self.scenarios[0].sources:
            return "scenarios: expected at least one, with at least one source"
        if any(len(scenario.sources) != self.sources for scenario in self.scenarios):
            return "scenarios: expected as many sources in each"
        shares = [[s.probability for s in self.scenarios]]
        shares += [[p for p, _ in source] for s in self.scenarios for source in s.sources]
        if any(not share or min(share) <= 0 or sum(share) != 1 for share in shares):
            return "probability: expected positive numbers that sum to 1"
        if not self.sources <= self.horizon <= LARGEST:
            return (
                f"horizon: expected {self.sources} (the sources) to {LARGEST}, got {self.horizon}"
            )
        if not 0 < self.failure < 1:
            return f"failure: expected a number between 0 and 1, got {self.failure}"
        return None

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        scenarios = [
            {"probability": text(s.probability), "sources": text(s.sources)} for s in self.scenarios
        ]
        return {"horizon": self.horizon, "failure": text(self.failure), "scenarios": scenarios}


def bandit_from_json(fields: Any) -> Bandit:
    """Read a choice among sources.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    if not isinstance(fields, dict) or set(fields) != {"horizon", "failure", "scenarios"}:
        raise ValueError("bandit: expected the fields failure, horizon, scenarios")
    if type(fields["horizon"]) is not int:
        raise ValueError(f"horizon: expected an integer, got {fields['horizon']!r}")
    try:
        scenarios = tuple(
            Scenario(
                field("probability", given["probability"], 0),
                _sources(field("sources", given["sources"], 3)),
            )
            for given in fields["scenarios"]
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"scenarios: of the wrong shape ({error})") from error
    bandit = Bandit(fields["horizon"], field("failure", fields["failure"], 0), scenarios)
    fault = bandit.fault()
    if fault is not None:
        raise ValueError(fault)
    return bandit


def _sources(given: list[list[list[Fraction]]]) -> tuple[Source, ...]:
    if any(len(pair) != 2 for source in given for pair in source):
        raise ValueError("scenarios, sources: expected pairs of a probability and a reward")
    return tuple(tuple((p, value) for p, value in source) for source in given)
