"""The exact side of every claim is its side in doubles: both agree on converted instances."""

import dataclasses
import functools
from collections import Counter
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax import REGISTRY, SETS, Verdict
from w2sjax.falsification.deciding import decide
from w2sjax.machine.compilation import compile_quickly
from w2sjax.projecting.sets import Box
from w2sjax.settings.projection import conversion, floats
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.sets import contains, member_near
from w2sjax.settings.random_instances import compared

PROJECTION = [claim for claim in REGISTRY if claim.setting.name == "projection"]
COUNT = 6


@functools.cache
def drawn(kind):
    """A few instances, and both sides of every claim and of what it drops: one program a set."""
    claims = [
        variant
        for claim in PROJECTION
        if claim.stated_for(SETS[kind])
        for variant in (claim, *map(claim.without, claim.droppable))
    ]

    def one(key):
        raw = floats.draw(key, SETS[kind], points=5, features=2)
        prepared = floats.prepare(raw, claims)
        return raw, [summary(compared(prepared, claim)) for claim in claims]

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
def test_exact_projections_are_those_of_the_floats(kind):
    claims, cases = drawn(kind)
    seen = Counter()
    for raw, sides in cases:
        for claim, side in zip(claims, sides, strict=True):
            (problem,) = conversion.exact_instances(raw, claim)
            answer = decide(claim, problem, (128,))
            assert answer.outcome != "outside", answer.checks
            lhs, rhs, scale, verdict = map(float, side)
            seen[answer.outcome] += 1
            if any(data[0] == "gap" for data in claim.quantities) and claim.dropped != "convexity":
                # The float side bounds it from above.
                assert answer.violated <= (verdict != Verdict.HOLDS)
                continue
            if {"stated", "sampled"} <= meaning_of(claim).used:
                continue  # an exact instance has one of them, which stands for both
            # Of several comparisons allowances may make another one the worst.
            each = [dataclasses.replace(claim, claim=one) for one in claim.comparisons]
            alone = [answer] if len(each) == 1 else [decide(one, problem, (128,)) for one in each]
            both = [(number(one.lhs), number(one.rhs)) for one in alone]
            assert any(sides == pytest.approx((lhs, rhs), abs=1e-7 * scale) for sides in both)
            if verdict == Verdict.HOLDS:
                assert answer.outcome == "holds"
            if verdict == Verdict.VIOLATED:
                assert answer.outcome == "violated"
    assert min(seen["holds"], seen["violated"]) > 5


@pytest.mark.parametrize("kind", [k for k in SETS if k not in ("intersection", "polyhedron")])
def test_drawn_members_are_members_once_converted(kind):
    convex_set = SETS[kind].random(jax.random.key(5), 3, jnp.float64)
    found = conversion.exact_set(convex_set, 3)
    assert found is not None
    for key in jax.random.split(jax.random.key(6), 4):
        drawn = np.asarray(convex_set.draw(key, 3, jnp.float64)).tolist()
        member = member_near(*found, [Fraction(value) for value in drawn])
        assert member is not None and contains(*found, member)
        assert np.allclose([float(value) for value in member], drawn, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", [k for k in SETS if k != "intersection"])
def test_there_and_back(kind):
    """An exact problem in doubles is the instance that it was made from."""
    raw = floats.draw(jax.random.key(3), SETS[kind], points=4, features=2)
    claim = next(claim for claim in PROJECTION if claim.name == "convex_values")
    (problem,) = conversion.exact_instances(raw, claim)
    back = conversion.from_exact(problem)
    assert back.hypothesis.set.name == kind
    for name in ("weak", "truth", "offset", "other", "mixture"):
        assert np.allclose(getattr(back, name), getattr(raw, name), rtol=1e-9, atol=1e-9)
    (again,) = conversion.exact_instances(back, claim)
    assert again.truth == problem.truth and (again.set, again.weak) == (problem.set, problem.weak)


def test_open_sides_are_no_rows():
    kind, parameters = conversion.exact_set(
        Box(jnp.asarray([0.0, -jnp.inf]), jnp.asarray(jnp.inf)), 2
    ) or ("", {})
    assert kind == "polyhedron" and parameters["equality"] == parameters["level"] == []
    assert parameters["matrix"] == [[-1, 0]] and parameters["bound"] == [0]


def test_intersections_of_coefficients_are_out_of_reach():
    drawn = SETS["intersection"].random(jax.random.key(0), 2, jnp.float64)
    assert conversion.exact_set(drawn, 2) is None
