r"""Evolution of worlds against Theorems 4.1 and 4.2 as printed.

They fail where f's own set is below q although f and the teacher agree, which random worlds hardly
reach. A world's score is the larger of its slack and of what the agreement hypothesis lacks: below 0 it
is a counterexample, and above it says how far one may be. Every q and c is tried, in integers.
"""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from w2sjax.falsification.worlds.batch import RIGHT, SILENT, WRONG, Batch, masks, sets_of
from w2sjax.falsification.worlds.batch_bounds import Bounds
from w2sjax.falsification.worlds.world import World

GENERATIONS = 100
HEAVIEST = 6


@dataclasses.dataclass(frozen=True)
class Population:
    """Rated worlds.

    Attributes:
        batch: the worlds.
        ratings: their scores, the less the better; infinite where another hypothesis fails.
        q, whole: numerator and denominator of the q that gives it.
    """

    batch: Batch
    ratings: np.ndarray
    q: np.ndarray
    whole: np.ndarray

    def world(self, place: int) -> World:
        """Give one world, with c left to the largest."""
        q = Fraction(int(self.q[place]), int(self.whole[place]))
        return self.batch.world(place, q, None)

    def __getitem__(self, chosen: np.ndarray) -> "Population":
        """Take some of the worlds."""
        return Population(*(getattr(self, f.name)[chosen] for f in dataclasses.fields(self)))

    def improved(self, other: "Population") -> "Population":
        """Take every world that rates no worse in `other`."""
        count = len(self.batch)
        chosen = np.arange(count) + np.where(other.ratings <= self.ratings, count, 0)
        return _joined(self, other)[chosen]


def _joined(first: Population, second: Population) -> Population:
    worlds = (
        np.concatenate([getattr(one.batch, f.name) for one in (first, second)])
        for f in dataclasses.fields(Batch)
    )
    rest = (
        np.concatenate([getattr(one, name) for one in (first, second)])
        for name in ("ratings", "q", "whole")
    )
    return Population(Batch(*worlds), *rest)


def rated(name: str, batch: Batch, cells: tuple[int, ...]) -> Population:
    """Rate worlds at the q and c that are worst for the statement."""
    bounds = Bounds(name, sets_of(batch))
    best, q = np.full(len(batch), np.inf), np.zeros(len(batch), np.int64)
    for level in bounds.levels.T:
        for cell in cells:
            sides = bounds.sides(level, cell)
            slack = (sides.rhs - sides.lhs) / sides.scale
            rating = np.where(sides.eligible, np.maximum(slack, sides.missing), np.inf)
            best, q = np.minimum(best, rating), np.where(rating < best, level, q)
    return Population(batch, best, q, np.maximum(bounds.source, 1))


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
    return Batch(
        masses=source.integers(1, 4, (count, points)),
        parts=np.sort(parts, axis=1),
        graph=masks(upper | np.swapaxes(upper, 1, 2)),
        labels=family,
    )


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
    name: str, seed: int, size: int, *, points: int, classifiers: int = 1, labels: int = 3,
    cells: tuple[int, ...] = (2,), generations: int = GENERATIONS,
) -> Iterator[Population]:  # fmt: skip
    """Let a population evolve; yields it generation by generation.

    Worlds whose score does not rise by a change keep it; the worst tenth gives way to the best.
    """
    source = np.random.default_rng([seed, points, classifiers, labels])
    found = rated(name, random_batch(source, size, points, classifiers, labels), cells)
    yield found
    for _ in range(generations):
        found = found.improved(rated(name, mutated(found.batch, source, labels), cells))
        yield found
        order, tenth = np.argsort(found.ratings, kind="stable"), size // 10
        found = found[np.concatenate([order[: size - tenth], order[:tenth]])]
