r"""Random samples of points, some of which carry a hard pattern: the share that scores high, and the rates.

A point has easy coordinates $y a + \sigma_a z_a$ and hard coordinates $y\mu + \sigma z$ where it carries the
hard pattern, with probability o, and otherwise $\sigma z$, or 0 where absent patterns are zeroed; $y = \pm 1$
is its label and the standard normal $z$, $z_a$ may be correlated. Hard-only points are not among
them: the confidence of the weak model has taken them out.

With $s(x) = \langle x, m \rangle$ along a direction m on hard coordinates, $\lambda = \sigma\|m\|$ and
$a = |\langle \mu, m \rangle|$, a point scores high where $|s| \ge \tau > 0$. The share of high ones among n
points estimates o. The rates are

$$\alpha = P(|s| \ge \tau \mid \text{no hard pattern}) = 2Q(\tau/\lambda), \qquad
P(|s| < \tau \mid \text{hard pattern}) \le \beta = \Phi((\tau - a)/\lambda),$$

and $\alpha = 0$ where absent patterns are zeroed. As $E\hat o - o = (1 - o)\alpha - o P(\text{miss})$ lies in
$[-\beta, \alpha]$, and $\hat o$ is a mean of n independent bits, Hoeffding's inequality gives the claim.
"""

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.special import erfc
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.measured import MEASURED, ROOM, Measured, exactly, measured
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.claims import Claim
from w2sjax.settings.detection import HARD_ONLY, IID, ONE_DIRECTION
from w2sjax.settings.random_instances import strata

HARD, EASY = 4, 2
SMALLEST, LARGEST = 2**4, 2**8
STRATA = strata(
    absent=("noise", "zeroed"), density=("none", "some", "all"), separation=("narrow", "wide")
)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class DetectionInstance:
    r"""A distribution, a direction with a threshold, and a sample.

    Attributes:
        points: easy coordinates, then hard ones; a row a point, of which the first n count.
        overlap: which points carry the hard pattern.
        size: $n$.
        density: $o$, the probability of the hard pattern.
        mean: $\mu$, 0 in the coordinates that this instance does without.
        noise: $\sigma$.
        zeroed: whether the hard coordinates of a point without the pattern are 0.
        direction: $m$, on all coordinates; 0 on the easy ones.
        threshold: $\tau > 0$.
        spare: data of a key, for what breaks a hypothesis.
        strata: indices into `STRATA`.
    """

    points: Float[Array, "*batch n d"]
    overlap: Bool[Array, "*batch n"]
    size: Float[Array, "*batch"]
    density: Float[Array, "*batch"]
    mean: Float[Array, "*batch h"]
    noise: Float[Array, "*batch"]
    zeroed: Bool[Array, "*batch"]
    direction: Float[Array, "*batch d"]
    threshold: Float[Array, "*batch"]
    spare: Any
    strata: Int[Array, "*batch 3"]


def draw(key: PRNGKeyArray, variant: None = None) -> DetectionInstance:
    """Draw a distribution with 1 to `HARD` hard coordinates, and `SMALLEST` to `LARGEST` points.

    Strata: noise kept or zeroed; no, some or all points with the hard pattern; and a separation along the
    direction below or above four standard deviations.
    """
    uniform_key, small_key, normal_key, point_key, spare = jax.random.split(key, 5)
    uniform = jax.random.uniform(uniform_key, (10,), jnp.float32).astype(jnp.float64)
    small = jax.random.normal(small_key, (2 * HARD + EASY,), jnp.float32).astype(jnp.float64)
    noise = jax.random.normal(normal_key, (LARGEST, HARD + EASY), jnp.float32)
    noise = noise.astype(jnp.float64)
    coins = jax.random.uniform(point_key, (2, LARGEST), jnp.float32).astype(jnp.float64)
    present = jnp.arange(HARD, dtype=jnp.float64) < 1 + jnp.floor(HARD * uniform[0])
    mean, wander = (jnp.where(present, part, 0) for part in (small[:HARD], small[HARD : 2 * HARD]))
    easy_mean = 3 * small[2 * HARD :]
    direction = 10 ** (2 * uniform[1] - 1) * (mean + 0.5 * uniform[2] * wander)
    along = jnp.abs(jnp.sum(mean * direction))
    length = jnp.sqrt(jnp.sum(direction * direction))
    # The threshold lies somewhere between the two means, which are ratio deviations apart.
    ratio = 10 ** (2 * uniform[3] - 0.5)
    deviation = along / (ratio * length) + 1e-3
    threshold = (0.1 + 0.8 * uniform[4]) * along + 1e-3 * deviation * length
    part = jnp.floor(4 * uniform[5])
    density = jnp.where(part == 0, 0, jnp.where(part == 3, 1, uniform[6]))
    zeroed = uniform[7] < 0.3
    overlap = coins[0] < density
    sign = jnp.where(coins[1] < 0.5, 1.0, -1.0)[:, None]
    hard_noise = noise[:, :HARD]
    shared = jnp.sqrt(1 - uniform[8] ** 2)
    easy_noise = uniform[8] * noise[:, HARD:] + shared * hard_noise[:, :EASY]
    hard = deviation * jnp.where(present[None, :], hard_noise, 0)
    hard = jnp.where(overlap[:, None], sign * mean[None, :] + hard, jnp.where(zeroed, 0, hard))
    kinds = jnp.stack([zeroed, density > 0, density == 1, ratio > 4]).astype(jnp.int32)
    return DetectionInstance(
        points=jnp.concatenate([sign * easy_mean[None, :] + easy_noise, hard], axis=1),
        overlap=overlap,
        size=jnp.floor(SMALLEST * (LARGEST / SMALLEST) ** uniform[9]),
        density=density,
        mean=mean,
        noise=deviation,
        zeroed=zeroed,
        direction=jnp.concatenate([jnp.zeros(EASY), direction]),
        threshold=threshold,
        spare=jax.random.key_data(spare),
        strata=jnp.stack([kinds[0], 2 + kinds[1] + kinds[2], 5 + kinds[3]]),
    )


DIRECTIONS = 64
Changed = tuple[DetectionInstance, Float[Array, "k d"]]


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class DetectionStudy:
    r"""An instance with the scores of its points.

    Attributes:
        instance: the raw instance.
        scores: $s(x)$.
        error: a bound on the rounding of the scores.
        delta: how likely a claim may be to fail.
    """

    instance: DetectionInstance
    scores: Float[Array, "*batch n"]
    error: Float[Array, "*batch n"]
    delta: Any = dataclasses.field(default=None, metadata={"static": True})

    def quantity(self, data: tuple[str, ...]) -> Measured:
        """A quantity of the vocabulary."""
        match data[0]:
            case "estimate":
                return measured(self._share())
            case "density":
                return exactly(self.instance.density)
            case "n":
                return exactly(self.instance.size)
            case "delta":
                return MEASURED["number"](self.delta)
        return measured(self._rate(data[0]))

    def _share(self) -> Rounded:
        r"""$\hat o$; scores that rounding may have moved over the threshold count as its error."""
        size = self.instance.size
        used = (jnp.arange(self.scores.shape[0], dtype=size.dtype) < size).astype(size.dtype)
        distance = jnp.abs(self.scores) - self.instance.threshold
        high = jnp.sum(used * (distance >= 0).astype(size.dtype)) / size
        unsure = jnp.sum(used * (jnp.abs(distance) <= self.error).astype(size.dtype)) / size
        return rounding.exact(high).perturbed(unsure + rounding.gamma(4, size.dtype))

    def _rate(self, name: str) -> Rounded:
        r"""$\alpha$ or $\beta$."""
        instance = self.instance
        direction = instance.direction[EASY:]
        spread = instance.noise * jnp.sqrt(jnp.sum(direction * direction))
        if name == "misses":
            along = jnp.abs(jnp.sum(instance.mean * direction))
            return _tail(along - instance.threshold, spread)
        alpha = _tail(instance.threshold, spread).scaled(2.0)
        return jax.tree.map(lambda leaf: jnp.where(instance.zeroed, 0, leaf), alpha)


def prepare(instance: DetectionInstance, claims: tuple[Claim, ...] = ()) -> DetectionStudy:
    """Score the points along the direction."""
    return scored(instance, instance.direction[None, :])


def study(prepared: DetectionStudy, claim: Claim) -> DetectionStudy:
    """Put an instance in its place that breaks the assumption that is dropped, with its directions."""
    if claim.dropped in DROPPED:
        prepared = scored(*DROPPED[claim.dropped](prepared.instance))
    return dataclasses.replace(prepared, delta=claim.failure)


def scored(instance: DetectionInstance, directions: Float[Array, "k d"]) -> DetectionStudy:
    """Score every point by its largest inner product, in absolute value, with some directions."""
    products = jnp.matmul(instance.points, directions.T, precision=rounding.HIGHEST)
    sizes = jnp.matmul(jnp.abs(instance.points), jnp.abs(directions).T, precision=rounding.HIGHEST)
    room = rounding.gamma(instance.points.shape[1] + 2, products.dtype)
    return DetectionStudy(
        instance=instance,
        scores=jnp.max(jnp.abs(products), axis=1),
        error=rounding.inflate(room * jnp.max(sizes, axis=1), 4),
    )


def _tail(distance: Float[Array, ""], spread: Float[Array, ""]) -> Rounded:
    r"""$Q(\text{distance} / \text{spread})$; a relative error of the argument t costs less than itself."""
    argument = distance / spread
    value = erfc(argument / math.sqrt(2)) / 2
    # The density of a normal number times its argument is below 1/4.
    room = rounding.gamma(ROOM, value.dtype)
    return rounding.exact(value).perturbed(room * (value + 0.25))


def _copies(instance: DetectionInstance) -> Changed:
    """All points are copies of the first."""
    points = jnp.broadcast_to(instance.points[:1], instance.points.shape)
    return dataclasses.replace(instance, points=points), instance.direction[None, :]


def _largest_of_many(instance: DetectionInstance) -> Changed:
    """Points without the hard pattern are scored by the best of many directions of one length."""
    direction, points = instance.direction, instance.points
    key = jax.random.wrap_key_data(instance.spare)
    numbers = jax.random.normal(key, (DIRECTIONS + points.shape[0], HARD), direction.dtype)
    others, noise = numbers[:DIRECTIONS], instance.noise * numbers[DIRECTIONS:]
    length = jnp.sqrt(jnp.sum(direction * direction))
    others *= length / jnp.sqrt(jnp.sum(others * others, axis=1, keepdims=True))
    gone = ("overlap", "density", "zeroed")
    nothing = {name: jnp.zeros_like(getattr(instance, name)) for name in gone}
    points = jnp.concatenate([points[:, :EASY], noise], axis=1)
    changed = dataclasses.replace(instance, points=points, **nothing)
    return changed, jnp.pad(others, ((0, 0), (EASY, 0)))


def _easy_coordinates(instance: DetectionInstance) -> Changed:
    """The direction has easy coordinates too, as long as its hard ones."""
    direction = instance.direction
    length = jnp.sqrt(jnp.sum(direction * direction) / EASY)
    direction = direction.at[:EASY].set(length)
    return dataclasses.replace(instance, direction=direction), direction[None, :]


DROPPED = {
    IID.name: _copies,
    ONE_DIRECTION.name: _largest_of_many,
    HARD_ONLY.name: _easy_coordinates,
}
