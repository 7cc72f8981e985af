"""Students taught with the overlap points that a strategy bought from its sources, and their accuracy.

A repetition draws a mixture and a weak model, and from every source a stream of points, which the
overlap detector judges all at once. A strategy buys the next point of a source a round and is paid 1 where
it is an overlap point (in truth, or as detected); after some rounds a student is fitted on the points that
paid, with the weak model's labels, and its exact accuracy computed.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from w2sjax.mixture import logistic
from w2sjax.mixture.accuracy import overall, region_accuracies
from w2sjax.mixture.model import EASY, HARD, OVERLAP, draw_regions, published, sample
from w2sjax.overlap.bandits import STRATEGIES, Strategy, stream
from w2sjax.overlap.bandits.arms import pick
from w2sjax.overlap.detection import detect

WEAK_STRENGTH, STUDENT_STRENGTH = 1.0, 0.01
TOLERANCE = 1e-4  # of the coefficients


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Market:
    """What a repetition offers.

    Attributes:
        features: of the n-th point of every source, (sources, points, d).
        guesses: the weak model's labels of them.
        paying: whether they are overlap points, in truth (0) and as detected (1).
        densities: of overlap points, by source.
        mixture: where test points come from.
    """

    features: Any
    guesses: Any
    paying: Any
    densities: Any
    mixture: Any


def densities(shares: Any, points: int) -> Any:
    """Compute overlap densities of sources that hold these shares of the overlap points.

    Easy-only and hard-only points are split evenly, `points` of each kind in all.
    """
    shares = jnp.asarray(shares, jnp.float64)
    own = points * shares
    return own / (own + 2 * points / shares.shape[0])


def market(key: Any, density: Any, variance: Any, points: int) -> Market:
    """Draw a mixture, a weak model, and a stream of points from each source; detect overlap points."""
    mixture_key, train_key, region_key, point_key = jax.random.split(key, 4)
    noise = jnp.sqrt(variance)
    mixture = dataclasses.replace(published(mixture_key), easy_noise=noise, hard_noise=noise)
    easy = mixture.dimensions[0]
    region_keys = jax.random.split(region_key)
    train = sample(train_key, mixture, draw_regions(region_keys[0], mixture, 250))
    weak = logistic.fit(
        train.features[:, :easy],
        train.labels.astype(jnp.float64),
        strength=WEAK_STRENGTH,
        tolerance=TOLERANCE,
    )
    uniform = jax.random.uniform(region_keys[1], (density.shape[0], points), jnp.float64)
    rest = jnp.where(uniform < (1 + density[:, None]) / 2, EASY, HARD)
    regions = jnp.where(uniform < density[:, None], OVERLAP, rest).astype(jnp.int32)
    stock = sample(point_key, mixture, regions.ravel())
    scores = weak.scores(stock.features[:, :easy])
    found = detect(jax.nn.sigmoid(scores), stock.features, point_block=256, hard_block=256)
    kinds = jnp.stack([stock.regions == OVERLAP, found.regions == OVERLAP])
    return Market(
        features=stock.features.reshape(*regions.shape, -1),
        guesses=(scores > 0).astype(jnp.float64).reshape(regions.shape),
        paying=kinds.reshape(2, *regions.shape),
        densities=density,
        mixture=mixture,
    )


def buy(strategy: Strategy, seeds: Any, table: Any, used: Any, horizon: Any) -> Any:
    """Return the place (source, number) of the point of every round; bandits last.

    `table` holds the rewards, (sources, points, bandits).
    """
    sources, points, bandits = table.shape
    state = strategy.init(sources, horizon, used=used, bandits=(bandits,), dtype=table.dtype)

    def step(state, time):
        bits = stream.expand(stream.pair(seeds, time), strategy.words(sources))
        source = strategy.decide(bits, state)
        number = pick(state.pulls, source).astype(jnp.int32)
        reward = table[source, number, jnp.arange(bandits)]
        return strategy.update(state, source, reward), (source, number)

    return lax.scan(step, state, jnp.arange(points, dtype=jnp.int32))[1]


def accuracy(offer: Market, kind: Any, source: Any, number: Any, looks: Any) -> Any:
    """Fit students after each of some rounds on the points that paid; their exact accuracy."""
    features = offer.features[source, number]
    guesses, paid = offer.guesses[source, number], offer.paying[kind, source, number]
    rounds = jnp.arange(source.shape[0], dtype=jnp.int32)

    def after(start, look):
        weights = (paid & (rounds < look)).astype(features.dtype)
        student = logistic.fit(
            features, guesses, weights, strength=STUDENT_STRENGTH, start=start, tolerance=TOLERANCE
        )
        # Without a point, or with one label only, the student always answers the same.
        intercept = jnp.clip(student.intercept, -1e6, 1e6)
        judged = region_accuracies(offer.mixture, student.coefficients, intercept)
        point = jnp.append(student.coefficients, student.intercept)
        return point, overall(judged, offer.mixture.shares)

    return lax.scan(after, jnp.zeros(features.shape[-1] + 1), looks)[1]


def markets(keys: Any, density: Any, variance: Any, points: int) -> Market:
    """Draw what every repetition offers."""
    return lax.map(lambda own: market(own, density, variance, points), keys, batch_size=25)


def accuracies(key: Any, offers: Market, used: Any, horizon: Any, looks: Any) -> dict[str, Any]:
    """Accuracy (repetitions, strategies, true or detected rewards, looks), and the detector's rates."""
    density = offers.densities[0]
    repetitions, _, sources, points = offers.paying.shape
    truth, detected = offers.paying[:, 0], offers.paying[:, 1]
    # Bandits: the repetitions with true rewards, then the same with detected ones.
    table = jnp.moveaxis(jnp.concatenate([truth, detected]), 0, -1).astype(jnp.float64)
    seeds = stream.seeds(key, jnp.arange(repetitions, dtype=jnp.int32))
    means = jnp.broadcast_to(density[:, None], (sources, 2 * repetitions))
    places = [
        buy(strategy.told(means), jnp.tile(seeds, 2), table, used, horizon)
        for strategy in STRATEGIES.values()
    ]
    shape = (len(places), points, 2, repetitions)
    source, number = (
        jnp.transpose(jnp.stack(part).reshape(shape), (3, 0, 2, 1))
        for part in zip(*places, strict=True)
    )

    def students(given):
        offer, chosen, numbers = given
        by_kind = jax.vmap(lambda k, s, n: accuracy(offer, k, s, n, looks))
        return jax.vmap(lambda s, n: by_kind(jnp.arange(2), s, n))(chosen, numbers)

    real = (jnp.arange(sources, dtype=jnp.int32) < used)[None, :, None]
    return {
        "accuracy": lax.map(students, (offers, source, number), batch_size=5),
        "miss": jnp.sum(truth & ~detected & real) / jnp.sum(truth & real),
        "false_positive": jnp.sum(detected & ~truth & real) / jnp.sum(~truth & real),
    }
