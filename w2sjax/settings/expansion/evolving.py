r"""Evolution of worlds against a claim.

Theorems 4.1 and 4.2 of Lang et al. as printed fail where f's own set is below q although f and the teacher
agree, which random worlds hardly reach. A world's score is the larger of its slack and of what the
conditions on f lack: below 0 it is a counterexample, and above it says how far one may be. Every q is
tried, with the largest c of an interval, in integers.
"""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from w2sjax.arithmetic.fraction_arrays import Fractions, chosen
from w2sjax.language.claims import Claim
from w2sjax.settings.expansion.batch import Batch, BatchSets, masks
from w2sjax.settings.expansion.batch_sides import HUGE, BatchSides, Bound
from w2sjax.settings.expansion.instance import Instance
from w2sjax.settings.expansion.small import RIGHT, SILENT, WRONG, with_constants

GENERATIONS = 100
HEAVIEST = 6
POPULATION = 2000
Cells = Sequence[tuple[Bound, Bound]]  # intervals of c
EVERYTHING: Cells = ((0, HUGE),)


@dataclasses.dataclass(frozen=True)
class Population:
    """Rated worlds.

    Attributes:
        batch: the worlds.
        ratings: their scores, the less the better; infinite where another condition fails.
        q: the level that gives it.
    """

    batch: Batch
    ratings: np.ndarray
    q: Fractions

    def world(self, place: int) -> Instance:
        """Give one world, with c left to the largest."""
        return self.batch.world(place, self.q.fraction(place))

    def __getitem__(self, places: np.ndarray) -> "Population":
        """Take some of the worlds."""
        return Population(self.batch[places], self.ratings[places], self.q[places])

    def improved(self, other: "Population") -> "Population":
        """Take every world that rates no worse in `other`."""
        better = other.ratings <= self.ratings
        ratings = np.where(better, other.ratings, self.ratings)
        batch = self.batch.replaced(better, other.batch)
        return Population(batch, ratings, chosen(better, other.q, self.q))


def rated(claim: Claim, batch: Batch, cells: Cells) -> Population:
    """Rate worlds at the q and c that are worst for the claim; c is the largest of each cell."""
    bounds = BatchSides(claim, BatchSets(batch))
    levels = bounds.levels()
    best, q = np.full(len(batch), np.inf), levels[0]
    for level in levels:
        infimum, _ = bounds.infimum(level)
        for low, high in cells:
            sides = bounds.sides(level, infimum, low, high)
            rating = np.where(sides.eligible, np.maximum(sides.slack, sides.missing), np.inf)
            q = chosen(rating < best, level, q)
            best = np.fmin(best, rating)
    return Population(batch, best, q)


def random_batch(
    source: np.random.Generator, count: int, points: int, classifiers: int, labels: int
) -> Batch:
    """Draw worlds: at least one point of every part, and edges mostly where f's labels agree."""
    parts = source.choice([SILENT, RIGHT, WRONG], (count, points), p=[0.5, 0.3, 0.2])
    parts[:, 0], parts[:, -2], parts[:, -1] = SILENT, RIGHT, WRONG
    zero = source.random((count, classifiers, 1))
    drawn = source.integers(0, labels, (count, classifiers, points))
    family = np.where(source.random(drawn.shape) < zero, 0, drawn)
    same = family[:, 0, :, None] == family[:, 0, None, :]
    rate = source.random((count, 1, 1)) * np.where(same, 1, 0.5)
    upper = np.triu(source.random((count, points, points)) < rate, 1)
    masses, graph = source.integers(1, 4, (count, points)), upper | np.swapaxes(upper, 1, 2)
    return Batch(masses, np.sort(parts, axis=1), masks(graph), family)


def mutated(batch: Batch, source: np.random.Generator, labels: int) -> Batch:
    """Change an edge, a label or a mass of every world; sometimes two things."""
    count, points = batch.masses.shape
    masses, graph, family = batch.masses.copy(), batch.graph.copy(), batch.labels.copy()
    for _ in range(2):
        kind, here = source.random(count), np.arange(count)
        x, y = source.integers(0, points, (2, count))
        edge = (kind < 0.4) & (x != y)
        graph[here, x] ^= np.where(edge, 1 << y, 0).astype(np.uint16)
        graph[here, y] ^= np.where(edge, 1 << x, 0).astype(np.uint16)
        g = np.where(kind < 0.65, 0, source.integers(0, family.shape[1], count))
        new = source.integers(0, labels, count)
        family[here, g, x] = np.where((kind >= 0.4) & (kind < 0.75), new, family[here, g, x])
        mass = source.integers(1, HEAVIEST + 1, count)
        masses[here, x] = np.where((kind >= 0.75) & (kind < 0.9), mass, masses[here, x])
    return Batch(masses, batch.parts, graph, family)


def evolved(
    claim: Claim, seed: int, size: int, *, points: int, classifiers: int = 1, labels: int = 3,
    cells: Cells = EVERYTHING, generations: int = GENERATIONS,
) -> Iterator[Population]:  # fmt: skip
    """Let a population evolve; yields it generation by generation.

    Worlds whose score does not rise by a change keep it; the worst tenth gives way to the best.
    """
    source = np.random.default_rng([seed, points, classifiers, labels])
    found = rated(claim, random_batch(source, size, points, classifiers, labels), cells)
    yield found
    for _ in range(generations):
        found = found.improved(rated(claim, mutated(found.batch, source, labels), cells))
        yield found
        order, tenth = np.argsort(found.ratings, kind="stable"), size // 10
        found = found[np.concatenate([order[: size - tenth], order[:tenth]])]


def evolved_worlds(claim: Claim, seed: int, turn: int, *, best: int = 4) -> Iterator[Instance]:
    """Give the best worlds of every generation, from five points and three labels on; none for roots."""
    if not BatchSides.rational(claim):
        return
    points, labels = ((5, 3), (5, 3), (6, 2), (6, 3), (7, 2))[turn % 5]
    for population in evolved(
        claim, seed, POPULATION, points=points, labels=labels, classifiers=1 + turn % 2
    ):
        for place in population.ratings.argsort(kind="stable")[:best].tolist():
            if population.ratings[place] < float("inf"):
                yield from with_constants(population.world(place), claim)
