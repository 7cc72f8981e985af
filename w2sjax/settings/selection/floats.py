"""Random problems with several weak models for one target and class, and their students in doubles.

The base is a projection instance; its weak model is the first of `MODELS`, and the others are copies
of it, far from the target, inside the class, mirrored at the target, unrelated, or of three kinds. The
quantities are those of projections, an entry for each model.

The gap of a student is its certificate's bound at the computed best member, which may stand for the
projection of the target. A claim that speaks of it is about any student of the class: also computed ones.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.measured import MEASURED, Measured
from w2sjax.language.claims import Claim
from w2sjax.projecting.certificate import Projection
from w2sjax.projecting.hypothesis import derived_again
from w2sjax.projecting.projection import project
from w2sjax.projecting.sets.convex_set import ConvexSet
from w2sjax.settings.projection import best, slip, student
from w2sjax.settings.projection import floats as projection
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.members import reach
from w2sjax.settings.random_instances import strata
from w2sjax.settings.selection import PROMISED, of_one

MODELS = 4

OTHER_KINDS = ("copies", "far", "inside", "mirrored", "unrelated", "mixed")
STRATA = (*projection.STRATA, *strata(others=OTHER_KINDS, target=("realizable", "outside")))


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
    drawn = jnp.stack([kind, outside + len(OTHER_KINDS)]) + len(projection.STRATA)
    return SelectionInstance(
        base=dataclasses.replace(base, offset=jnp.where(outside == 1, base.offset, 0)),
        weak=jnp.concatenate([first[None], chosen]),
        strata=jnp.concatenate([base.strata, drawn]),
    )


GAP, SLIP = ("gap", "student"), slip(student, best).data


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Prepared:
    """An instance with its projections.

    Attributes:
        instance: the raw instance.
        students: of all weak models, stacked.
        best: of the target.
    """

    instance: SelectionInstance
    students: Projection
    best: Projection


def prepare(instance: SelectionInstance, claims: Sequence[Claim] = ()) -> Prepared:
    """Project all weak models and the target, in one batch; no claim needs more or less."""
    base = dataclasses.replace(instance.base, hypothesis=derived_again(instance.base.hypothesis))
    target = base.hypothesis.values(base.truth, base.truth_intercept) + base.offset
    labels, radius = jnp.concatenate([instance.weak, target[None]]), reach(base)
    answers = jax.vmap(lambda label: project(base.hypothesis, label, radius=radius))(labels)
    return Prepared(
        dataclasses.replace(instance, base=base),
        jax.tree.map(lambda leaf: leaf[:-1], answers),
        jax.tree.map(lambda leaf: leaf[-1], answers),
    )


@dataclasses.dataclass(frozen=True)
class Study:
    """The quantities of a claim, as arrays over the models."""

    prepared: Prepared
    claim: Claim

    def quantity(self, data: Any, *given: Measured) -> Measured:
        """Compute a quantity."""
        if given:
            return self._reduced(data, given[0])
        base, best = self.prepared.instance.base, self.prepared.best

        def one(weak: Array, student: Projection) -> Measured:
            instance = dataclasses.replace(base, weak=weak)
            students = {"weak": student, "target": best}
            study = projection.Study(projection.Prepared(instance, students), of_one(self.claim))
            return study.quantity(SLIP if data == GAP else data)

        return jax.vmap(one)(self.prepared.instance.weak, self.prepared.students)

    def choice(self) -> Int[Array, ""]:
        r"""$j^*$, the model with the least weak error less misfit, as computed."""
        error, misfit = (self.quantity(one.data).number.value for one in PROMISED)
        return jnp.argmin(error - misfit)

    def _reduced(self, data: Any, values: Measured) -> Measured:
        """Reduce to one value, which all models have."""
        count = values.size.shape[0]
        if data == ("chosen",):
            choice = self.choice()
            found = jax.tree.map(lambda leaf: leaf[choice], values)
        else:
            if data == ("least_other",):
                other = jnp.arange(count) != self.choice()
                left = jnp.where(other, values.number.value, jnp.inf)
                number = dataclasses.replace(values.number, value=left)
                values = dataclasses.replace(values, number=number)
            entries = [jax.tree.map(lambda leaf, j=j: leaf[j], values) for j in range(count)]
            found = MEASURED["min"](*entries)
        return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (count,)), found)


study = Study
