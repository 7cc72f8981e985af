"""Every sample of a population again, for the checker: one draw after the other, in integers."""

from collections import defaultdict
from fractions import Fraction
from math import lcm

from w2sjax.falsification.sampling.population import REPEATED, Population

State = tuple[tuple[int, int], ...]


def recount(population: Population) -> dict[State, Fraction]:
    """Give the probability of holding, of each kind, so many points and so many different ones.

    A draw hits a point that the sample holds, or a new one.
    """
    unit = lcm(*(mass.denominator for mass in population.masses))
    masses = [int(mass * unit) for mass in population.masses]
    whole = sum(a * b for a, b in zip(masses, population.copies, strict=True))
    states: dict[State, int] = {((0, 0),) * population.size: 1}
    draws = 1 if population.scheme == REPEATED else population.draws
    for _ in range(draws):
        states = _one_more(population, masses, states)
    found = {state: Fraction(ways, whole**draws) for state, ways in states.items()}
    if population.scheme == REPEATED:
        return {
            tuple((population.draws * held, different) for held, different in state): probability
            for state, probability in found.items()
        }
    return found


def _one_more(
    population: Population, masses: list[int], states: dict[State, int]
) -> dict[State, int]:
    """Draw once more; the numbers count ways, each point as often as its mass says."""
    after: defaultdict[State, int] = defaultdict(int)
    for state, ways in states.items():
        for kind, (held, different) in enumerate(state):
            choices = (
                (different, different),
                (different + 1, population.copies[kind] - different),
            )
            if not population.tells_apart(kind):
                choices = ((1, population.copies[kind]),)
            for now, points in choices:
                if points:
                    new = (*state[:kind], (held + 1, now), *state[kind + 1 :])
                    after[new] += ways * points * masses[kind]
    return after
