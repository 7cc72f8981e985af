r"""Random problems with several weak models for one target and one hypothesis class.

The base is a projection instance; its weak model is the first of `MODELS`, and the others are copies
of it, far from the target, inside the class, mirrored at the target, unrelated, or of three kinds.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.sets.convex_set import ConvexSet
from w2sjax.settings.projection import drawing as projection
from w2sjax.settings.projection.drawing import ProjectionInstance

MODELS = 4

OTHER_KINDS = ("copies", "far", "inside", "mirrored", "unrelated", "mixed")
TARGET_KINDS = ("realizable", "outside")
STRATA = (
    *projection.STRATA,
    *(f"others:{kind}" for kind in OTHER_KINDS),
    *(f"target:{kind}" for kind in TARGET_KINDS),
)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class SelectionInstance:
    r"""One target and class, and weak models to choose from.

    Attributes:
        base: class and target; its weak model is the first one.
        weak: $f_{w,j}$, a row for each model.
        strata: indices into `STRATA`.
    """

    base: ProjectionInstance
    weak: Float[Array, "*batch m n"]
    strata: Int[Array, "*batch 5"]


def draw(key: PRNGKeyArray, variant: ConvexSet | type[ConvexSet]) -> SelectionInstance:
    """Draw an instance; half of the targets are realizable.

    Copies differ from the first weak model by 1e-6 to 1e-1 of the class's spread.
    """
    base = projection.draw(key, variant)
    hypothesis, first = base.hypothesis, base.weak
    # The base leaves the last of its eight keys unused.
    uniform_key, normal_key = jax.random.split(key, 8)[-2:]
    others = MODELS - 1
    numbers = jax.random.uniform(uniform_key, (2 + 2 * others,), jnp.float32).astype(first.dtype)
    noise = jax.random.normal(normal_key, (others, first.shape[0]), jnp.float32)
    noise = noise.astype(first.dtype)
    kind = jnp.floor(numbers[0] * len(OTHER_KINDS)).astype(jnp.int32)
    outside = (numbers[1] >= 0.5).astype(jnp.int32)
    level, share = numbers[2:].reshape(2, others)
    member = hypothesis.values(base.truth, base.truth_intercept)
    second = hypothesis.values(base.other, base.other_intercept)
    spread = jnp.sqrt(jnp.sum(hypothesis.weights * (member - second) ** 2))
    spread = jnp.where(spread > 0, spread, 1)

    def other(level, share, noise):
        """One more weak model of each kind."""
        copy = first + 10 ** (5 * level - 6) * spread * noise
        far = member + 10 ** (3 * level - 1) * spread * noise
        inside = share * member + (1 - share) * second
        mirrored = member - (0.5 + share) * (first - member)
        return jnp.stack([copy, far, inside, mirrored, spread * noise])

    models = jax.vmap(other, out_axes=1)(level, share, noise)
    # A copy, a far one, and one inside the class.
    mixed = jnp.diagonal(models[:others]).T
    chosen = jnp.concatenate([models, mixed[None]])[kind]
    drawn = jnp.stack(
        [kind + len(projection.STRATA), outside + len(projection.STRATA) + len(OTHER_KINDS)]
    )
    return SelectionInstance(
        base=dataclasses.replace(base, offset=jnp.where(outside == 1, base.offset, 0)),
        weak=jnp.concatenate([first[None], chosen]),
        strata=jnp.concatenate([base.strata, drawn]),
    )
