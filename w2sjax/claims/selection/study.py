r"""What the selection claims share: a student for each weak model, and what brackets its error.

$$L_j = \max(0, \sqrt{d(f_{w,j}, f^*)} - \sqrt{m_j})^2, \qquad
U_j = d(f_{w,j}, f^*) - m_j + 2\sqrt{\varepsilon\, m_j} + 2\gamma_j$$

with the misfit $m_j = d(f_{sw,j}, f_{w,j})$ and the gap $\gamma_j$ of the j-th student. Both hold for
any student in the class: the triangle inequality, and the sharpened Theorem 2 (`sharpened_gain`).
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax import rounding
from w2sjax.certificate import Projection
from w2sjax.claims.claim import Domain
from w2sjax.claims.projection.study import Study, off_class
from w2sjax.claims.selection.instance import STRATA, SelectionInstance, draw
from w2sjax.hypothesis import derived_again
from w2sjax.projection import project
from w2sjax.rounding import Rounded


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Bracket:
    r"""The students' errors and their bounds, an entry for each weak model.

    Attributes:
        weak_error: $d(f_{w,j}, f^*)$.
        misfit: $d(f_{sw,j}, f_{w,j})$.
        error: $d(f_{sw,j}, f^*)$.
        lower, upper: $L_j$ and $U_j$.
        realizable_upper: $U_j$ without the term in $\varepsilon$.
        size: the terms that cancel in a squared distance.
    """

    weak_error: Rounded
    misfit: Rounded
    error: Rounded
    lower: Rounded
    upper: Rounded
    realizable_upper: Rounded
    size: Float[Array, "*batch m"]

    @property
    def choice(self) -> Int[Array, "*batch"]:
        r"""$j^*$, the model with the least weak error after subtracting the misfit."""
        return jnp.argmin(self.weak_error.value - self.misfit.value, axis=-1)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class SelectionStudy:
    r"""An instance with its students.

    Attributes:
        instance: the raw instance.
        students: $f_{sw,j}$, stacked.
        best: $f_s$, the projection of the target.
    """

    instance: SelectionInstance
    students: Projection
    best: Projection

    def bracket(self) -> Bracket:
        """Compute every student's error and its bounds."""
        return jax.vmap(self._bracket)(self.instance.weak, self.students)

    def _bracket(self, weak, student: Projection) -> Bracket:
        best = self.best
        study = Study(dataclasses.replace(self.instance.base, weak=weak), student, {})
        weak_error, misfit = study.weak_error(), study.misfit(student)
        reach = positive_part(weak_error.sqrt() - misfit.sqrt())
        gap = rounding.exact(study.pairing(student, best.values)).scaled(2.0)
        # The computed best member stands off the class by its rounding.
        off = off_class(study.instance.hypothesis, best.coefficients, best.intercept)
        off = rounding.inflate(2 * off * jnp.sqrt(misfit.upper()), 4)
        promised = (weak_error - misfit + gap).perturbed(off)
        root = (study.student_error(best).sqrt() * misfit.sqrt()).scaled(2.0)
        return Bracket(
            weak_error=weak_error,
            misfit=misfit,
            error=study.student_error(student),
            lower=reach * reach,
            upper=promised + root,
            realizable_upper=promised,
            size=study.size() + misfit.value + gap.value,
        )


def prepare(instance: SelectionInstance, needs: tuple[str, ...] = ()) -> SelectionStudy:
    """Project all weak models and the target, in one batch; no claim needs more or less."""
    del needs
    base = dataclasses.replace(instance.base, hypothesis=derived_again(instance.base.hypothesis))
    instance = dataclasses.replace(instance, base=base)
    target = base.hypothesis.values(base.truth, base.truth_intercept) + base.offset
    labels = jnp.concatenate([instance.weak, target[None]])
    # The certificates have to cover the target's projection, whatever its coefficients.
    radius = None
    factors = base.hypothesis.factorisation
    if factors is not None:
        radius = 2 * factors.length(base.truth)
        radius += 4 * jnp.sqrt(jnp.sum(base.hypothesis.weights * target**2)) / factors.smallest
    answers = jax.vmap(lambda label: project(base.hypothesis, label, radius=radius))(labels)
    students = jax.tree.map(lambda leaf: leaf[:-1], answers)
    return SelectionStudy(instance, students, jax.tree.map(lambda leaf: leaf[-1], answers))


def positive_part(number: Rounded) -> Rounded:
    r"""$\max(0, x)$; exactly 0 where $x$ is certainly negative."""
    positive = number.value > -number.error
    return Rounded(jnp.maximum(number.value, 0), jnp.where(positive, number.error, 0))


def largest(numbers: Rounded) -> Rounded:
    """The largest of several numbers; only those that may be the largest count in its error."""
    place = jnp.argmax(numbers.value)
    value = numbers.value[place]
    may_lead = numbers.value + 2 * numbers.error >= value - 2 * numbers.error[place]
    return Rounded(value, jnp.max(jnp.where(may_lead, numbers.error, 0)))


DOMAIN = Domain(name="selection", draw=draw, prepare=prepare, strata=STRATA)
