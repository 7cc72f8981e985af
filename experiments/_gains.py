r"""Weak-to-strong learning of many tasks by linear heads on two representations.

For every task: the weak head is fitted to the true labels on the weak representation's features, its
predictions are the labels of the strong head on the strong features, and both are judged on fresh
points. The fresh points with equal weights are the distribution P of the theorems: the student was
fitted elsewhere, so it is an inexact projection in P, with a certified gap.
"""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from experiments._run import standard_error
from w2sjax import certify, hypothesis_class, project
from w2sjax.certificate import Projection
from w2sjax.hypothesis import HypothesisClass
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


@jax.jit
def exact_gains(
    strong: Float[Array, "2 n k"],
    weak: Float[Array, "2 n k"],
    targets: Float[Array, "m 2 n"],
) -> dict[str, Array]:
    """Learn every task by projection, with a free intercept.

    The axes of length two hold the points that are learnt from and the fresh ones.
    """

    def learn(_, features, labels):
        hypothesis = hypothesis_class(Affine(), features)
        return jax.vmap(functools.partial(project, hypothesis))(labels)

    return _gains(learn, (None, None), strong, weak, targets)


@functools.partial(jax.jit, static_argnames="schedule")
def trained_gains(
    key: PRNGKeyArray,
    strong: Float[Array, "2 n k"],
    weak: Float[Array, "2 n k"],
    targets: Float[Array, "m 2 n"],
    schedule: Schedule,
) -> dict[str, Array]:
    """Learn every task by AdamW in single precision, as people do; judge in double precision."""

    def learn(key, features, labels):
        single = (features.astype(jnp.float32), labels.astype(jnp.float32))
        heads = train_heads(key, *single, schedule)
        heads = jax.tree.map(lambda leaf: leaf.astype(features.dtype), heads)
        hypothesis = hypothesis_class(Affine(), features)
        certified = jax.vmap(functools.partial(certify, hypothesis))
        return certified(labels, heads.coefficients, heads.intercepts)

    return _gains(learn, jax.random.split(key), strong, weak, targets)


def _gains(learn, keys, strong, weak, targets) -> dict[str, Array]:
    r"""Teach a strong head by a weak one, task by task; judge on fresh points.

    Besides what `judged` gives: standard errors of misfit and gain over the points; the certificate
    on the points that the student was fitted on, as `training_gap` and `status`; `realizable`, 1
    where the target is in the class up to rounding; `theorem`, the verdict on Theorem 1 for an
    inexact student, $d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q)$; and `extended`, on the sharpened
    Theorem 2.
    """
    taught = learn(keys[0], weak[0], targets[:, 0])
    teachers = Heads(taught.coefficients, taught.intercept)
    learnt = learn(keys[1], strong[0], teachers.values(weak[0]))
    fresh = hypothesis_class(Affine(), strong[1])

    def one(prediction, target, learnt):
        student, prepared, found = judged(fresh, prediction, target, learnt)
        study = Study(prepared, INEXACT)
        reached, epsilon = study.values("target")[0], study.quantity(d(best, target).data).number
        squares = (prediction - reached) ** 2 - (student.values - reached) ** 2
        return found | {
            "misfit_stderr": standard_error((student.values - prediction) ** 2),
            "gain_stderr": standard_error(squares),
            "training_gap": learnt.gap,
            "realizable": (epsilon.value <= epsilon.error).astype(jnp.int32),
            "theorem": compared(prepared, INEXACT).verdict(),
            "extended": found["verdict"],
            "status": learnt.status,
        }

    return jax.vmap(one)(teachers.values(weak[1]), targets[:, 1], learnt)


def judged(
    hypothesis: HypothesisClass, labels: Array, truth: Array, fitted: Projection
) -> tuple[Projection, Prepared, dict[str, Array]]:
    r"""Judge a student that was fitted elsewhere, on points that weak model and target are given of.

    The target is its projection and an offset. Measured are errors, misfit and gain as in the
    theorems; `epsilon`, the distance of the target from the class; `gap`, a bound of the student's
    squared distance from the projection of the weak model; `verdict`, on the sharpened
    Theorem 2, which allows for $\varepsilon$; and `guaranteed`, the gain that it guarantees.
    """
    student = certify(hypothesis, labels, fitted.coefficients, fitted.intercept)
    member = project(hypothesis, truth)
    offset = truth - member.values
    instance = instance_of(hypothesis, labels, member.coefficients, member.intercept, offset)
    functions = {"weak": student, "sampled": student, "target": member}
    prepared = Prepared(instance, functions)
    found = Study(prepared, SHARPENED)
    terms = {
        "weak_error": d(weak, target),
        "student_error": d(sampled, target),
        "misfit": d(sampled, weak),
        "epsilon": d(best, target),
    }
    numbers = {name: found.quantity(term.data).number for name, term in terms.items()}
    gain = (numbers["weak_error"] - numbers["student_error"]).value
    check = compared(prepared, SHARPENED)
    values = {name: number.value for name, number in numbers.items()}
    values |= {"gain": gain, "gap": student.gap}
    values |= {"guaranteed": gain - check.slack, "verdict": check.verdict()}
    return student, prepared, values


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
