"""The exact side of every claim is the claim: both sides agree with `check` on converted instances."""

import functools
from collections import Counter
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from falsification_samples import EXPANSION, PROJECTION

from w2sjax import REGISTRY, SETS, Verdict
from w2sjax._compilation import compile_quickly
from w2sjax.claims.expansion.printed_bounds import NOTHING
from w2sjax.falsification.conversion import exact_problem, exact_set, exact_worlds
from w2sjax.falsification.exact import decide
from w2sjax.falsification.projection.sets import contains, member_near
from w2sjax.falsification.statements import STATEMENTS, TWINS
from w2sjax.falsification.worlds.names import PRINTED
from w2sjax.sets import Box

CLAIMS = {claim.name: claim for claim in REGISTRY}
COUNT = 6


@functools.cache
def drawn(kind):
    """A few instances with all students, and both verdicts of every claim: one program a set."""
    claims = [CLAIMS[name] for name in PROJECTION if CLAIMS[name].stated_for(SETS[kind])]

    def one(key):
        domain = claims[0].domain
        raw = domain.draw(key, SETS[kind], points=5, features=2)  # pyright: ignore
        study = domain.prepare(raw, ("projection", "best", "sampled", "mixed"))
        imposed = [claim.impose(study) for claim in claims]
        students = [s.sampled if "sampled" in c.needs else s.student
                    for c, s in zip(claims, imposed, strict=True)]  # fmt: skip
        sides = [[summary(c.check(s)), summary(c.false_twin(s))]
                 for c, s in zip(claims, imposed, strict=True)]  # fmt: skip
        return raw, students, sides

    keys = jax.random.split(jax.random.key(11), COUNT)
    program = compile_quickly(jax.jit(jax.vmap(one)).lower(keys))
    found = jax.device_get(program(keys))
    return claims, [jax.tree.map(lambda leaf, i=i: leaf[i], found) for i in range(COUNT)]


def summary(side):
    """Both sides, how far apart they may be read, and the verdict."""
    return side.lhs, side.rhs, side.scale + side.tolerance / 1e-9, side.verdict()


def number(text):
    """Read a side: a rational, a ball or infinity."""
    if text == "inf":
        return float("inf")
    return float(text.strip("[]").split(" ")[0]) if "[" in text else float(Fraction(text))


@pytest.mark.parametrize(
    "kind",
    [
        "l2_ball",
        *(
            pytest.param(kind, marks=pytest.mark.slow)
            for kind in ("affine", "simplex", "polyhedron", "monotone")
        ),
    ],
)
def test_projection_statements_are_the_claims(kind):
    claims, cases = drawn(kind)
    seen = Counter()
    for raw, students, sides in cases:
        for claim, student, pair in zip(claims, students, sides, strict=True):
            for side, statement in zip(
                pair, (STATEMENTS[claim.name], TWINS[claim.name]), strict=True
            ):
                problem = exact_problem(raw, student, statement)
                assert problem is not None
                answer = decide(statement, problem, (128,))
                assert answer.outcome != "outside", answer.hypotheses
                lhs, rhs, scale, verdict = map(float, side)
                seen[answer.outcome] += 1
                if "gap" in statement.quantities():  # the float side bounds it from above
                    assert answer.violated <= (verdict != Verdict.HOLDS)
                    continue
                assert number(answer.lhs) == pytest.approx(lhs, abs=1e-7 * scale)
                assert number(answer.rhs) == pytest.approx(rhs, abs=1e-7 * scale)
                if verdict == Verdict.HOLDS:
                    assert answer.outcome == "holds"
                if verdict == Verdict.VIOLATED:
                    assert answer.outcome == "violated"
    assert min(seen["holds"], seen["violated"]) > 5


@pytest.mark.parametrize("kind", [k for k in SETS if k not in ("intersection", "polyhedron")])
def test_drawn_members_are_members_once_converted(kind):
    convex_set = SETS[kind].random(jax.random.key(5), 3, jnp.float64)
    found = exact_set(convex_set, 3)
    assert found is not None
    for key in jax.random.split(jax.random.key(6), 4):
        drawn = np.asarray(convex_set.draw(key, 3, jnp.float64)).tolist()
        member = member_near(*found, [Fraction(value) for value in drawn])
        assert member is not None and contains(*found, member)
        assert np.allclose([float(value) for value in member], drawn, rtol=1e-12, atol=1e-12)


def test_open_sides_are_no_rows():
    kind, parameters = exact_set(Box(jnp.asarray([0.0, -jnp.inf]), jnp.asarray(jnp.inf)), 2) or (
        "",
        {},
    )
    assert kind == "polyhedron" and parameters["equality"] == parameters["level"] == []
    assert parameters["matrix"] == [[-1, 0]] and parameters["bound"] == [0]


def test_intersections_of_coefficients_are_out_of_reach():
    assert exact_set(SETS["intersection"].random(jax.random.key(0), 2, jnp.float64), 2) is None


@pytest.mark.parametrize("name", EXPANSION)
def test_expansion_statements_are_the_claims(name):
    """For one of the q that matter the exact sides are those of the check, which chose that q."""
    claim = CLAIMS[name]

    def sides(key):
        raw = claim.domain.draw(key, None)
        study = claim.impose(claim.domain.prepare(raw, ()))
        return raw, [(side.lhs, side.rhs) for side in (claim.check(study), claim.false_twin(study))]

    keys = jax.random.split(jax.random.key(2), 12)
    found = jax.device_get(compile_quickly(jax.jit(jax.vmap(sides)).lower(keys))(keys))
    matched = silent = 0
    for i in range(12):
        raw, pairs = jax.tree.map(lambda leaf, i=i: leaf[i], found)
        for (lhs, rhs), statement in zip(pairs, (STATEMENTS[name], TWINS[name]), strict=True):
            answers = [decide(statement, world) for world in exact_worlds(raw, statement)]
            inside = [answer for answer in answers if answer.outcome != "outside"]
            exact = [(number(a.lhs), number(a.rhs)) for a in inside if a.rhs != "inf"]
            if name in PRINTED and float(rhs) == NOTHING:
                silent += 1
                continue
            wanted = pytest.approx((float(lhs), float(rhs)), abs=1e-9)
            matched += any(pair == wanted for pair in exact)
    assert silent <= 12 and matched >= 20 - silent, (
        "of 24; a constant that makes a denominator vanish is replaced otherwise"
    )
