r"""Weak-to-strong learning of many tasks by linear heads: on two representations, or in a ball.

For every task: the weak head is fitted to the true labels on the weak representation's features, its
predictions are the labels of the strong head on the strong features, and both are judged on fresh
points. The fresh points with equal weights are the distribution P of the theorems: the student was
fitted elsewhere, so it is an inexact projection in P, with a certified gap.

In a ball, $V_r = \{H\theta + c : \|\theta\| \le r\}$, the weak labels alone decide the radius: of those
given, cross-validation takes the one that predicts held-out weak labels best.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from experiments._run import standard_error
from w2sjax import certify, hypothesis_class, project
from w2sjax.machine.compilation import jit_quickly
from w2sjax.projecting.certificate import Projection
from w2sjax.projecting.hypothesis import HypothesisClass
from w2sjax.projecting.sets import Affine, L2Ball
from w2sjax.representations import Heads, Schedule, train_heads
from w2sjax.settings.projection import best, d, sampled, target, weak
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.floats import Prepared, Study
from w2sjax.settings.random_instances import compared
from w2sjax.verification.lookup import claim_named

# Theorem 1 for an inexact student, whether or not the target is in the class; sharpened Theorem 2.
INEXACT = claim_named("inexact_gain").without("realizability")
SHARPENED = claim_named("sharpened_gain")


@functools.partial(jax.jit, static_argnames="schedule")
def gains(
    strong: Float[Array, "2 n k"],
    weak: Float[Array, "2 n k"],
    targets: Float[Array, "m 2 n"],
    key: PRNGKeyArray | None = None,
    schedule: Schedule | None = None,
) -> dict[str, Array]:
    r"""Teach strong heads by weak ones, task by task; judge on fresh points.

    The axes of length two hold the points that are learnt from and the fresh ones. Heads with a free
    intercept are fitted by projection; with a key and a schedule by AdamW in single precision, as
    people do, and judged in double precision.

    Besides what `judged` gives: standard errors of misfit and gain over the points; the certificate
    on the points that the student was fitted on, as `training_gap` and `status`; `realizable`, 1
    where the target is in the class up to rounding; `variance` of the target; `theorem`, the verdict
    on Theorem 1 for an inexact student, $d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q)$; and
    `extended`, on the sharpened Theorem 2.
    """

    def learn(key, features, labels):
        hypothesis = hypothesis_class(Affine(), features)
        if schedule is None:
            return jax.vmap(functools.partial(project, hypothesis))(labels)
        single = (features.astype(jnp.float32), labels.astype(jnp.float32))
        heads = train_heads(key, *single, schedule)
        heads = jax.tree.map(lambda leaf: leaf.astype(features.dtype), heads)
        certified = jax.vmap(functools.partial(certify, hypothesis))
        return certified(labels, heads.coefficients, heads.intercepts)

    keys = (None, None) if key is None else jax.random.split(key)
    taught = learn(keys[0], weak[0], targets[:, 0])
    teachers = Heads(taught.coefficients, taught.intercept)
    learnt = learn(keys[1], strong[0], teachers.values(weak[0]))
    fresh = hypothesis_class(Affine(), strong[1])

    def one(prediction, truth, learnt):
        student, prepared, found = judged(fresh, prediction, truth, learnt)
        study = Study(prepared, INEXACT)
        reached, epsilon = study.values("target")[0], study.quantity(d(best, target).data).number
        squares = (prediction - reached) ** 2 - (student.values - reached) ** 2
        return found | {
            "misfit_stderr": standard_error((student.values - prediction) ** 2),
            "gain_stderr": standard_error(squares),
            "training_gap": learnt.gap,
            "realizable": (epsilon.value <= epsilon.error).astype(jnp.int32),
            "variance": jnp.var(truth),
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


@jit_quickly
def learn(
    features: Float[Array, "n d"],
    labels: Float[Array, "m n"],
    folds: Float[Array, "k n"],
    radii: Float[Array, "m r"],
) -> tuple[Projection, Float[Array, " m"]]:
    """Fit a student to each of the m weak models' labels; also give the radii chosen.

    `folds` has ones for the points that a fold fits and zeros for those it holds out.
    """

    def held_out(fold):
        # No certificate is wanted of a fold, so the fast factorisation will do.
        fitted = hypothesis_class(_ball(1.0), features, fold, intercept=True, method="gram")

        def error(label, radius):
            values = project(_within(fitted, radius), label).values
            return jnp.sum((1 - fold) * (values - label) ** 2)

        return jax.vmap(jax.vmap(error, (None, 0)))(labels, radii)

    errors = jnp.sum(jax.lax.map(held_out, folds), axis=0)
    chosen = jnp.take_along_axis(radii, jnp.argmin(errors, axis=1)[:, None], axis=1)[:, 0]
    whole = hypothesis_class(_ball(1.0), features, intercept=True)
    students = jax.vmap(lambda label, radius: project(_within(whole, radius), label))(
        labels, chosen
    )
    return students, chosen


@jit_quickly
def judge(
    features: Float[Array, "n d"],
    weak: Float[Array, "m n"],
    target: Float[Array, " n"],
    students: Projection,
    radii: Float[Array, " m"],
) -> dict[str, Float[Array, " m"]]:
    r"""Measure weak models and students on fresh points with equal weights.

    `bound` is weak error less misfit: an upper bound of the student's error where the target is in
    the class and the student the projection in P. In general, with $f_s$ the target's projection,

    $$d(q, f^*) - \mathrm{bound} = 2\langle f_w - q, f_s - q\rangle + 2\langle f_w - q, f^* - f_s\rangle,$$

    `excess_sampled`, as the student was fitted on other points, and `excess_outside`, as the target
    is outside the class. The sharpened Theorem 2 guarantees a gain from bounds of both.
    """
    fresh = hypothesis_class(_ball(1.0), features, intercept=True)

    def one(weak, fitted, radius):
        hypothesis = _within(fresh, radius)
        student, prepared, found = judged(hypothesis, weak, target, fitted)
        best = prepared.students["target"].values
        residual = fresh.weights * (weak - student.values)
        return found | {
            "bound": found["weak_error"] - found["misfit"],
            "excess_sampled": 2 * jnp.sum(residual * (best - student.values)),
            "excess_outside": 2 * jnp.sum(residual * (target - best)),
        }

    return jax.vmap(one)(weak, students, radii)


def _ball(radius) -> L2Ball:
    return L2Ball(jnp.asarray(radius, jnp.float64))


def _within(hypothesis: HypothesisClass, radius) -> HypothesisClass:
    """The same features, and their one factorisation, with another radius."""
    return dataclasses.replace(hypothesis, set=_ball(radius))
