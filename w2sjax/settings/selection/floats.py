"""The students of several weak models in doubles: the quantities of projections, an entry for each model.

The gap of a student is its certificate's bound at the computed best member, which may stand for the
projection of the target. A claim that speaks of it is about any student of the class: also computed ones.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from w2sjax.arithmetic.measured import MEASURED, Measured
from w2sjax.certificate import Projection
from w2sjax.hypothesis import derived_again
from w2sjax.language.claims import Claim
from w2sjax.projection import project
from w2sjax.settings.projection import best, slip, student
from w2sjax.settings.projection import floats as projection
from w2sjax.settings.projection.members import reach
from w2sjax.settings.selection import PROMISED, of_one
from w2sjax.settings.selection.drawing import STRATA as STRATA
from w2sjax.settings.selection.drawing import SelectionInstance
from w2sjax.settings.selection.drawing import draw as draw

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
    del claims
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
                number = dataclasses.replace(
                    values.number, value=jnp.where(other, values.number.value, jnp.inf)
                )
                values = dataclasses.replace(values, number=number)
            entries = [jax.tree.map(lambda leaf, j=j: leaf[j], values) for j in range(count)]
            found = MEASURED["min"](*entries)
        return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (count,)), found)


def study(prepared: Prepared, claim: Claim) -> Study:
    """Take an instance as one of a claim."""
    return Study(prepared, claim)
