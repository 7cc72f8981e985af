r"""What the projection claims share: the students of an instance, and the quantities with rounding.

Every squared distance is a `Rounded`. The member $g = H\theta^* + c$ is exact through its
coefficients; its computed values carry an error that enters as a perturbation.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.certificate import Projection
from w2sjax.certification import certify
from w2sjax.claims.claim import Domain, Hypothesis
from w2sjax.claims.projection.instance import STRATA, ProjectionInstance, draw
from w2sjax.hypothesis import HypothesisClass, derived_again
from w2sjax.projection import project
from w2sjax.rounding import Rounded, gamma, inflate


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Study:
    r"""An instance with its students.

    Attributes:
        instance: the raw instance.
        student: the student under study: the projection unless a hypothesis changes it.
        students: by name, what `prepare` was asked for.
    """

    instance: ProjectionInstance
    student: Projection
    students: dict[str, Projection]

    @property
    def projection(self) -> Projection:
        r"""$f_{sw}$, the projection of the weak model."""
        return self.students["projection"]

    @property
    def best(self) -> Projection:
        r"""$f_s$, the projection of the target."""
        return self.students["best"]

    @property
    def sampled(self) -> Projection:
        r"""$\hat f_{sw}$, a student fitted on a sample.

        The weak labels count as often as the sample holds their points, and training stops a little
        short of the projection.
        """
        return self.students["sampled"]

    @property
    def mixed(self) -> Projection:
        """Projection of a convex combination of the two members."""
        return self.students["mixed"]

    @property
    def weights(self) -> Float[Array, " n"]:
        """Masses of the points."""
        return self.instance.hypothesis.weights

    @property
    def member(self) -> Float[Array, " n"]:
        """Computed values of the member $g$."""
        instance = self.instance
        return instance.hypothesis.values(instance.truth, instance.truth_intercept)

    @property
    def other(self) -> Float[Array, " n"]:
        """Computed values of the second member."""
        instance = self.instance
        return instance.hypothesis.values(instance.other, instance.other_intercept)

    @property
    def target(self) -> Float[Array, " n"]:
        """Computed values of the target $f^*$."""
        return self.member + self.instance.offset

    @property
    def combination(self) -> Float[Array, " n"]:
        """Convex combination of the two members."""
        return _combination(self.instance)

    def member_error(self) -> Float[Array, ""]:
        """Bound the distance of the computed `member` (or `other`) values from the class."""
        return member_error(self.instance)

    def distance(
        self,
        left: Float[Array, " n"],
        right: Float[Array, " n"],
        perturbation: Float[Array, ""] | None = None,
    ) -> Rounded:
        r"""$d(f, g)$; `perturbation` bounds $\|f - g\|$'s error where a side is not a given function."""
        square = rounding.mean_square(self.weights, left, right)
        if perturbation is None:
            return square
        length = jnp.sqrt(square.upper())
        return square.perturbed(perturbation * (2 * length + perturbation))

    def size(self) -> Float[Array, ""]:
        """Mean squares of weak model and target: the terms that cancel in a squared distance."""
        zero = jnp.zeros_like(self.target)
        return (
            self.distance(self.instance.weak, zero).value + self.distance(self.target, zero).value
        )

    def weak_error(self) -> Rounded:
        r"""$d(f_w, f^*)$."""
        return self.distance(self.instance.weak, self.target, self.member_error())

    def student_error(self, student: Projection) -> Rounded:
        r"""$d(f, f^*)$."""
        return self.distance(student.values, self.target, self.member_error())

    def misfit(self, student: Projection) -> Rounded:
        r"""$d(f, f_w)$."""
        return self.distance(student.values, self.instance.weak)

    def pairing(self, student: Projection, member: Float[Array, " n"]) -> Float[Array, ""]:
        r"""Bound $\langle f_w - f, u - f \rangle$ for $u \in V$ near the computed values `member`."""
        error = self.member_error()
        away = self.distance(member, student.values, error).upper()
        residual = jnp.sqrt(self.misfit(student).upper())
        return inflate(student.pairing(away) + error * residual, 4)


def member_error(instance: ProjectionInstance) -> Float[Array, ""]:
    r"""Bound the distance of computed member values from the class.

    Rounding of $H\theta + c$, the distance of the drawn coefficients from the set, and the one
    rounding of adding an offset.
    """
    weights = instance.hypothesis.weights
    largest = jnp.maximum(jnp.abs(instance.truth), jnp.abs(instance.other))
    constant = jnp.maximum(jnp.abs(instance.truth_intercept), jnp.abs(instance.other_intercept))
    error = off_class(instance.hypothesis, largest, constant)
    convex_set = instance.hypothesis.set
    outside = jnp.maximum(
        convex_set.distance(instance.truth).upper(), convex_set.distance(instance.other).upper()
    )
    factors = instance.hypothesis.factorisation
    stretch = jnp.sqrt(jnp.max(weights)) if factors is None else rounding.norm(factors.norms)
    shift = jnp.sqrt(jnp.sum(weights * instance.offset**2))
    error += outside * stretch + gamma(4, shift.dtype) * shift
    return inflate(error, 2 * weights.shape[0])


def off_class(hypothesis: HypothesisClass, theta, intercept) -> Float[Array, ""]:
    r"""Bound the rounding of the values $H\theta + c$ in the weighted norm."""
    factors = hypothesis.factorisation
    if factors is None:
        size = jnp.sqrt(jnp.sum(hypothesis.weights * theta**2))
    else:
        size = jnp.sum(jnp.abs(theta) * factors.raw_norms) + jnp.abs(intercept)
    count = theta.shape[0]
    return inflate(
        gamma(count + 4, size.dtype) * size + rounding.underflow(count, size.dtype) ** 0.5,
        count + 4,
    )


STUDENTS = ("projection", "best", "sampled", "mixed")


def prepare(instance: ProjectionInstance, needs: tuple[str, ...] = STUDENTS) -> Study:
    """Compute the projection and what else is needed, in one batch over their labels.

    Raises:
        ValueError: for a name that is none of `STUDENTS`.
    """
    unknown = [name for name in needs if name not in STUDENTS]
    if unknown:
        raise ValueError(
            f"needs: there is no student {unknown[0]!r}; known are {', '.join(STUDENTS)}"
        )
    needs = tuple(dict.fromkeys(("projection", *needs)))
    instance = dataclasses.replace(instance, hypothesis=derived_again(instance.hypothesis))
    hypothesis = instance.hypothesis
    target = hypothesis.values(instance.truth, instance.truth_intercept) + instance.offset
    labels = {
        "projection": instance.weak,
        "best": target,
        "sampled": instance.weak * instance.multiplicity,
        "mixed": _combination(instance),
    }
    # One loop in the program instead of one for each student.
    together = jnp.stack([labels[name] for name in needs])
    radius = _radius(instance)
    answers = jax.vmap(lambda label: project(hypothesis, label, radius=radius))(together)
    students = {
        name: jax.tree.map(lambda leaf, place=i: leaf[place], answers)
        for i, name in enumerate(needs)
    }
    if "sampled" in needs:
        students["sampled"] = _between(instance, students["sampled"], 0.1 * instance.mixture)
    return Study(instance, students["projection"], students)


def _between(instance, projection: Projection, share) -> Projection:
    """Stand part of the way from a projection to the second member."""
    theta = (1 - share) * projection.coefficients + share * instance.other
    intercept = (1 - share) * projection.intercept + share * instance.other_intercept
    return certify(instance.hypothesis, instance.weak, theta, intercept, radius=_radius(instance))


def _wander(study: Study) -> Study:
    """Let the student stand off the projection."""
    student = _between(study.instance, study.projection, study.instance.wander)
    return dataclasses.replace(study, student=student)


def _drop_exactness(study: Study) -> Study:
    """Take a student that stands off the projection for the projection: without its certificate."""
    student = _wander(study).student
    zero = jnp.zeros_like(student.gap)
    student = dataclasses.replace(student, gap=zero, offset=zero, slope=zero)
    return dataclasses.replace(study, student=student)


def _drop_convexity(study: Study) -> Study:
    """Let the class be the two members alone: its exact student is the nearer one."""
    member, other, weak = study.member, study.other, study.instance.weak
    nearer = study.distance(member, weak).value <= study.distance(other, weak).value
    instance, exact = study.instance, study.projection
    zero = jnp.zeros_like(exact.gap)
    student = dataclasses.replace(
        exact,
        coefficients=jnp.where(nearer, instance.truth, instance.other),
        intercept=jnp.where(nearer, instance.truth_intercept, instance.other_intercept),
        values=jnp.where(nearer, member, other),
        gap=zero,
        offset=zero,
        slope=zero,
    )
    combination = study.combination
    nearer = study.distance(member, combination).value <= study.distance(other, combination).value
    mixed = dataclasses.replace(
        student, values=jnp.where(nearer, member, other), status=jnp.zeros_like(exact.status)
    )
    students = study.students | {"mixed": mixed}
    return dataclasses.replace(study, student=student, students=students)


def _radius(instance) -> Float[Array, ""]:
    """Cover every member that a claim compares with, where the certificate needs a radius.

    The members of the instance, and the projection of the target, which is no longer than the
    target over the smallest singular value.
    """
    factors = instance.hypothesis.factorisation
    if factors is None:
        return jnp.asarray(jnp.inf, instance.truth.dtype)
    members = 2 * (factors.length(instance.truth) + factors.length(instance.other))
    weights = instance.hypothesis.weights
    shift = jnp.sqrt(jnp.sum(weights * instance.offset**2)) / factors.smallest
    return members + 4 * shift


def _combination(instance) -> Float[Array, " n"]:
    hypothesis, share = instance.hypothesis, instance.mixture
    first = hypothesis.values(instance.truth, instance.truth_intercept)
    second = hypothesis.values(instance.other, instance.other_intercept)
    return share * first + (1 - share) * second


def _impose_realizability(study: Study) -> Study:
    instance = dataclasses.replace(study.instance, offset=jnp.zeros_like(study.instance.offset))
    return dataclasses.replace(study, instance=instance)


DOMAIN = Domain(name="projection", draw=draw, prepare=prepare, strata=STRATA)

REALIZABLE = Hypothesis("the target lies in the strong class", impose=_impose_realizability)
EXACT = Hypothesis("the student is the exact projection", drop=_drop_exactness)
INEXACT = Hypothesis("the student is any member of the class", impose=_wander)
CONVEX = Hypothesis("the strong class is convex", drop=_drop_convexity)
