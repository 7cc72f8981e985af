r"""Weak-to-strong learning of many tasks by linear heads on two representations.

For every task: the weak head is fitted to the true labels on the weak representation's features, its
predictions are the labels of the strong head on the strong features, and both are judged on fresh
points. The fresh points with equal weights are the distribution P of the theorems: the student was
fitted elsewhere, so it is an inexact projection in P, with a certified gap.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from experiments._run import standard_error
from w2sjax import certify, hypothesis_class, project
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.certificate import Projection
from w2sjax.hypothesis import HypothesisClass
from w2sjax.language.claims import Claim
from w2sjax.lookup import claim_named
from w2sjax.representations import Heads, Schedule, train_heads
from w2sjax.sets import Affine
from w2sjax.settings.projection import best, d, sampled, target, weak
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.floats import Prepared, Study
from w2sjax.settings.random_instances import compared

# Theorem 1 for an inexact student, whether or not the target is in the class; sharpened Theorem 2.
INEXACT = claim_named("inexact_gain").without("realizability")
SHARPENED = claim_named("sharpened_gain")


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Gains:
    r"""What is measured of each task, in P.

    Attributes:
        weak_error, student_error, misfit, gain: as in the theorems.
        misfit_stderr, gain_stderr: standard errors over the points.
        epsilon: distance of the target from the strong class.
        gap: bound of the student's squared distance from the projection of the weak model.
        training_gap: the same on the points that the student was fitted on.
        realizable: 1 where the target is in the class up to rounding.
        theorem: verdict on $d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q)$, Theorem 1 for an
            inexact student, whether or not the target is in the class.
        extended: verdict on the sharpened Theorem 2, which allows for $\varepsilon$.
        guaranteed: the gain that the sharpened Theorem 2 guarantees.
        status: of the student's certificate on the points that it was fitted on.
    """

    weak_error: Float[Array, "*batch"]
    student_error: Float[Array, "*batch"]
    misfit: Float[Array, "*batch"]
    gain: Float[Array, "*batch"]
    misfit_stderr: Float[Array, "*batch"]
    gain_stderr: Float[Array, "*batch"]
    epsilon: Float[Array, "*batch"]
    gap: Float[Array, "*batch"]
    training_gap: Float[Array, "*batch"]
    realizable: Int[Array, "*batch"]
    theorem: Int[Array, "*batch"]
    extended: Int[Array, "*batch"]
    guaranteed: Float[Array, "*batch"]
    status: Int[Array, "*batch"]


@jax.jit
def exact_gains(
    strong: Float[Array, "2 n k"],
    weak: Float[Array, "2 n k"],
    targets: Float[Array, "m 2 n"],
) -> Gains:
    """Learn every task by projection, with a free intercept.

    The axes of length two hold the points that are learnt from and the fresh ones.
    """
    weak_class = hypothesis_class(Affine(), weak[0])
    taught = jax.vmap(functools.partial(project, weak_class))(targets[:, 0])
    teachers = Heads(taught.coefficients, taught.intercept)
    strong_class = hypothesis_class(Affine(), strong[0])
    labels = teachers.values(weak[0])
    learnt = jax.vmap(functools.partial(project, strong_class))(labels)
    return _judge(strong, teachers.values(weak[1]), targets[:, 1], learnt,
                  Heads(learnt.coefficients, learnt.intercept))  # fmt: skip


@functools.partial(jax.jit, static_argnames="schedule")
def trained_gains(
    key: PRNGKeyArray,
    strong: Float[Array, "2 n k"],
    weak: Float[Array, "2 n k"],
    targets: Float[Array, "m 2 n"],
    schedule: Schedule,
) -> Gains:
    """Learn every task by AdamW in single precision, as people do; judge in double precision."""
    weak_key, strong_key = jax.random.split(key)

    def train(key, features, labels):
        single = (features.astype(jnp.float32), labels.astype(jnp.float32))
        heads = train_heads(key, *single, schedule)
        return jax.tree.map(lambda leaf: leaf.astype(features.dtype), heads)

    teachers = train(weak_key, weak[0], targets[:, 0])
    labels = teachers.values(weak[0])
    students = train(strong_key, strong[0], labels)
    strong_class = hypothesis_class(Affine(), strong[0])
    learnt = jax.vmap(functools.partial(certify, strong_class))(
        labels, students.coefficients, students.intercepts
    )
    return _judge(strong, teachers.values(weak[1]), targets[:, 1], learnt, students)


def _judge(strong, predictions, targets, learnt: Projection, students: Heads) -> Gains:
    fresh = hypothesis_class(Affine(), strong[1])

    def one(prediction, target, certificate, coefficients, intercept):
        student = certify(fresh, prediction, coefficients, intercept)
        prepared = prepared_of(fresh, prediction, target, student)
        weak_error, student_error, misfit, epsilon = numbers(prepared, INEXACT)
        gain = (weak_error - student_error).value
        extended = compared(prepared, SHARPENED)
        reached = Study(prepared, INEXACT).values("target")[0]
        squares = (prediction - reached) ** 2 - (student.values - reached) ** 2
        return Gains(
            weak_error=weak_error.value,
            student_error=student_error.value,
            misfit=misfit.value,
            gain=gain,
            misfit_stderr=standard_error((student.values - prediction) ** 2),
            gain_stderr=standard_error(squares),
            epsilon=epsilon.value,
            gap=student.gap,
            training_gap=certificate.gap,
            realizable=(epsilon.value <= epsilon.error).astype(jnp.int32),
            theorem=compared(prepared, INEXACT).verdict(),
            extended=extended.verdict(),
            guaranteed=gain - extended.slack,
            status=certificate.status,
        )

    return jax.vmap(one)(predictions, targets, learnt, students.coefficients, students.intercepts)


def prepared_of(hypothesis: HypothesisClass, weak, target, student: Projection) -> Prepared:
    """The task as an instance of the theorems: the target is its projection and an offset."""
    best = project(hypothesis, target)
    offset = target - best.values
    instance = instance_of(hypothesis, weak, best.coefficients, best.intercept, offset)
    return Prepared(instance, {"weak": student, "sampled": student, "target": best})


def numbers(prepared: Prepared, claim: Claim) -> list[Rounded]:
    r"""Weak error, error and misfit of the student, and $\varepsilon$, as a claim takes its functions."""
    found = Study(prepared, claim)
    wanted = (d(weak, target), d(sampled, target), d(sampled, weak), d(best, target))
    return [found.quantity(term.data).number for term in wanted]


def instance_of(hypothesis: HypothesisClass, weak, truth, intercept, offset) -> ProjectionInstance:
    """Make an instance of what is known of data: the target is a member and what it is beyond it."""
    zero = jnp.zeros((), weak.dtype)
    return ProjectionInstance(
        hypothesis=hypothesis,
        weak=weak,
        truth=truth,
        truth_intercept=intercept,
        offset=offset,
        other=truth,
        other_intercept=intercept,
        multiplicity=jnp.ones_like(weak),
        mixture=zero,
        wander=zero,
        strata=jnp.zeros(3, jnp.int32),
    )
