r"""Detected points in doubles: the share of points that score high, and the rates.

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
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.measured import MEASURED, ROOM, Measured, exactly, measured
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.claims import Claim
from w2sjax.settings.detection import HARD_ONLY, IID, ONE_DIRECTION
from w2sjax.settings.detection.drawing import EASY, HARD, DetectionInstance
from w2sjax.settings.detection.drawing import STRATA as STRATA
from w2sjax.settings.detection.drawing import draw as draw

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
    del claims
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
    changed = dataclasses.replace(
        instance,
        points=jnp.concatenate([points[:, :EASY], noise], axis=1),
        overlap=jnp.zeros_like(instance.overlap),
        density=jnp.zeros_like(instance.density),
        zeroed=jnp.zeros_like(instance.zeroed),
    )
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
