"""The regret of a choice among sources, and the probability of falling short, at flint's precision."""

from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.bandits.bandit import Bandit
from w2sjax.falsification.bandits.playing import play
from w2sjax.falsification.decision import OUTSIDE, Decision
from w2sjax.falsification.flint_numbers import rational, rationals
from w2sjax.falsification.narrowing import decide_narrowing
from w2sjax.falsification.statement import Statement

PROBABLE = ("short", "short_of_chance")


def decide_bandit(statement: Statement, bandit: Bandit, precisions: tuple[int, ...]) -> Decision:
    """Decide a statement about a choice among sources without fault."""
    kept = bandit.satisfied()
    wanted = {name: kept[name] for name in statement.hypotheses}
    if set(PROBABLE) & set(statement.quantities()):
        wanted["δ > 2K/T³"] = bandit.unlucky < bandit.failure
    notes = {name: "exact" if fine else "fails" for name, fine in wanted.items()}
    if statement.dropped is not None:
        notes[statement.dropped] = "dropped"
    if not all(wanted.values()):
        return Decision(OUTSIDE, hypotheses=notes)
    return decide_narrowing(statement, lambda bits: Quantities(bandit), notes, precisions)


class Quantities:
    """What the statements speak of."""

    def __init__(self, bandit: Bandit):
        self.bandit = bandit
        self.densities = rationals(bandit.densities())
        self.best = max(self.densities)

    def __getitem__(self, name: str) -> Any:
        return _FORMULAS[name](self)

    def regret(self) -> fmpq:
        """Sum what every choice loses, over all that can happen."""
        total = fmpq(0)
        for scenario, states in zip(self.bandit.scenarios, play(self.bandit), strict=True):
            for (pulls, _), chance in states.items():
                terms = zip(pulls, self.densities, strict=True)
                lost = sum((n * (self.best - o) for n, o in terms), fmpq(0))
                total += rational(scenario.probability) * chance * lost
        return total / self.bandit.horizon

    def exploration(self) -> arb:
        r"""$\sqrt{8K \log T / T}$."""
        horizon = self.bandit.horizon
        return (8 * self.bandit.sources * arb(horizon).log() / horizon).sqrt()

    def tries(self) -> fmpq:
        """K / T."""
        return fmpq(self.bandit.sources, self.bandit.horizon)

    def short(self, *, explored: bool) -> Any:
        """Add the chances of being paid less than is allowed."""
        bandit = self.bandit
        left = rational(bandit.failure - bandit.unlucky)
        allowed = (-arb(left).log() / (2 * bandit.horizon)).sqrt()
        if explored:
            allowed = allowed + self.exploration() + self.tries()
        total = fmpq(0)
        for scenario, states in zip(bandit.scenarios, play(bandit), strict=True):
            for (_, rewards), chance in states.items():
                missing = self.best - sum(rewards, fmpq(0)) / bandit.horizon
                if missing < allowed:
                    continue
                share = rational(scenario.probability) * chance
                # Where it is open whether the state counts, anything from 0 to its share may.
                total += share if missing > allowed else share * (arb(0.5) + arb(0, 0.5))
        return total


_FORMULAS = {
    "regret": Quantities.regret,
    "exploration": Quantities.exploration,
    "tries": Quantities.tries,
    "unlucky": lambda q: rational(q.bandit.unlucky),
    "point": lambda q: fmpq(1, q.bandit.horizon),
    "short": lambda q: q.short(explored=True),
    "short_of_chance": lambda q: q.short(explored=False),
    "delta": lambda q: rational(q.bandit.failure),
}
NAMES = tuple(_FORMULAS)
