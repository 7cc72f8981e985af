r"""What the detection claim compares: the share of points that score high, and the rates.

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

import jax
import jax.numpy as jnp
from jax.scipy.special import erfc
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.claims.claim import Domain
from w2sjax.claims.overlap.detection_instance import EASY, STRATA, DetectionInstance, draw
from w2sjax.rounding import Rounded

FAILURE = 0.1
ROOM = 256  # roundings allowed for the error function and a power, which no standard bounds


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class DetectionStudy:
    r"""An instance with the scores of its points.

    Attributes:
        instance: the raw instance.
        scores: $s(x)$.
        error: a bound on the rounding of the scores.
        used: which points belong to the sample, as numbers.
    """

    instance: DetectionInstance
    scores: Float[Array, "*batch n"]
    error: Float[Array, "*batch n"]
    used: Float[Array, "*batch n"]

    def share(self) -> Rounded:
        r"""$\hat o$; scores that rounding may have moved over the threshold count as its error."""
        instance = self.instance
        size, distance = instance.size, jnp.abs(self.scores) - instance.threshold
        high = jnp.sum(self.used * (distance >= 0).astype(size.dtype)) / size
        unsure = jnp.sum(self.used * (jnp.abs(distance) <= self.error).astype(size.dtype)) / size
        return rounding.exact(high).perturbed(unsure + rounding.gamma(4, size.dtype))

    def rates(self) -> tuple[Rounded, Rounded]:
        r"""$\alpha$ and $\beta$."""
        instance = self.instance
        direction = instance.direction[EASY:]
        spread = instance.noise * jnp.sqrt(jnp.sum(direction * direction))
        along = jnp.abs(jnp.sum(instance.mean * direction))
        false_positives = _tail(instance.threshold, spread).scaled(2.0)
        false_positives = jax.tree.map(
            lambda leaf: jnp.where(instance.zeroed, 0, leaf), false_positives
        )
        return false_positives, _tail(along - instance.threshold, spread)

    def deviation(self, rate: float = 0.5) -> Rounded:
        r"""$\sqrt{\log(2/\delta)/(2n)}$, with $n^{-\text{rate}}$ for $n^{-1/2}$."""
        value = math.sqrt(math.log(2 / FAILURE) / 2) * self.instance.size**-rate
        return rounding.exact(value).perturbed(rounding.gamma(ROOM, value.dtype) * value)


def prepare(instance: DetectionInstance, needs: tuple[str, ...] = ()) -> DetectionStudy:
    """Score the points along the direction."""
    del needs
    directions = instance.direction[None, :]
    return scored(instance, directions)


def scored(instance: DetectionInstance, directions: Float[Array, "k d"]) -> DetectionStudy:
    """Score every point by its largest inner product, in absolute value, with some directions."""
    products = jnp.matmul(instance.points, directions.T, precision=rounding.HIGHEST)
    sizes = jnp.matmul(jnp.abs(instance.points), jnp.abs(directions).T, precision=rounding.HIGHEST)
    room = rounding.gamma(instance.points.shape[1] + 2, products.dtype)
    place = jnp.arange(instance.points.shape[0], dtype=products.dtype)
    return DetectionStudy(
        instance=instance,
        scores=jnp.max(jnp.abs(products), axis=1),
        error=rounding.inflate(room * jnp.max(sizes, axis=1), 4),
        used=(place < instance.size).astype(products.dtype),
    )


def _tail(distance: Float[Array, ""], spread: Float[Array, ""]) -> Rounded:
    r"""$Q(\text{distance} / \text{spread})$; a relative error of the argument t costs less than itself."""
    argument = distance / spread
    value = erfc(argument / math.sqrt(2)) / 2
    # The density of a normal number times its argument is below 1/4.
    room = rounding.gamma(ROOM, value.dtype)
    return rounding.exact(value).perturbed(room * (value + 0.25))


DOMAIN = Domain(name="overlap/detection", draw=draw, prepare=prepare, strata=STRATA)
